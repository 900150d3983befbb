/**
 * This lab's results of a section as dots with their spread on one axis. Published numbers are not drawn, because they
 * used other data.
 */
import { Text } from '@mantine/core';
import { clauses } from '../../language/join';
import { t } from '../../language/language';
import classes from './StudyView.module.css';

export interface Dot {
  id: string;
  label: string;
  /** In per cent. */
  mean: number;
  deviation: number | null;
}

const ROW = 22;
const LABEL = 240;
const WIDTH = 640;
const RIGHT = 24;

export function DotPlot({ title, dots }: { title: string; dots: readonly Dot[] }) {
  if (dots.length < 2) return null;
  const ends = dots.flatMap(({ mean, deviation }) => [mean - (deviation ?? 0), mean + (deviation ?? 0)]);
  const low = Math.floor(Math.min(...ends) - 0.5);
  const high = Math.ceil(Math.max(...ends) + 0.5);
  const x = (value: number) => LABEL + ((value - low) / (high - low)) * (WIDTH - LABEL - RIGHT);
  const every = Math.max(1, Math.ceil((high - low) / 6));
  const ticks = Array.from({ length: Math.floor((high - low) / every) + 1 }, (_, i) => low + i * every);
  const height = dots.length * ROW + 40;
  const words = dots.map(({ label, mean, deviation }) => {
    const spread = deviation === null ? '' : ` ± ${deviation.toFixed(1)}`;
    return t('{{row}}: {{top1}} %', { row: label, top1: `${mean.toFixed(1)}${spread}` });
  });
  return (
    <figure className={classes.plot}>
      <svg
        viewBox={`0 0 ${WIDTH} ${height}`}
        role="img"
        aria-label={t('{{title}}. {{results}}', { title, results: clauses(words) })}
      >
        {ticks.map((tick) => (
          <g key={tick}>
            <path className={classes.grid} d={`M${x(tick)} 4V${height - 34}`} />
            <text className={classes.tick} x={x(tick)} y={height - 22}>
              {tick}
            </text>
          </g>
        ))}
        {dots.map(({ id, label, mean, deviation }, i) => {
          const y = 14 + i * ROW;
          return (
            <g key={id}>
              <text className={classes.name} x={LABEL - 10} y={y}>
                {label.length > 38 ? `${label.slice(0, 37)}…` : label}
              </text>
              {deviation !== null && (
                <path className={classes.spread} d={`M${x(mean - deviation)} ${y}H${x(mean + deviation)}`} />
              )}
              <circle className={classes.dot} cx={x(mean)} cy={y} r={4.5} />
            </g>
          );
        })}
        <text className={classes.tick} x={(LABEL + WIDTH - RIGHT) / 2} y={height - 6}>
          {t('Test top-1 in this lab (%); bar: one standard deviation over seeds')}
        </text>
      </svg>
      <Text component="figcaption" size="xs" c="dimmed">
        {t('In the table’s order, not ranked.')}
      </Text>
    </figure>
  );
}
