/** The values of several lines at a step, one row per line. */
import type { LineReadings as Row } from '../../charts/overlay-readings';
import { t } from '../../language/language';
import classes from './LineReadings.module.css';

/** `latest`: each line is read at its own latest step, and the row names that step. */
export function LineReadings({ rows, latest }: { rows: readonly Row[]; latest: boolean }) {
  return (
    <ul className={classes.readings}>
      {rows.map(({ id, name, colour, dashed, step, readings }) => (
        <li key={id}>
          <span
            className={classes.swatch}
            data-dashed={dashed}
            style={dashed ? { borderColor: colour } : { background: colour }}
            aria-hidden
          />
          <span className={classes.name}>{name}</span>
          <span className={classes.reading}>
            {readings.length > 1
              ? readings.map(({ name: what, value }) => `${what} ${value}`).join(' · ')
              : (readings[0]?.value ?? '–')}
            {latest && (
              <span className={classes.at}> {t('at {{step}}', { step: step.toLocaleString('en') })}</span>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}
