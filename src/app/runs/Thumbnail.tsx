/** A run at a glance: its loss at the left, the mean scale of each panel's last layer at the right. */
import { t } from '../../language/language';
import { PANEL_LABELS } from '../../network/curves';
import type { HistoryEntry } from '../../runs/history/entry';
import { listed } from '../../language/join';
import classes from './RunsView.module.css';

const WIDTH = 44;
const HEIGHT = 24;
const GAP = 8;

type Values = readonly (number | null)[];

/** A line through the values that there are, between `low` and `high`. */
function lineThrough(values: Values, low: number, high: number, left: number): string {
  const across = WIDTH / Math.max(1, values.length - 1);
  let pen = 'M';
  return values
    .map((value, i) => {
      if (value === null) {
        pen = 'M';
        return '';
      }
      const y = 1 + (HEIGHT - 2) * (1 - (value - low) / (high - low));
      const point = `${pen}${(left + i * across).toFixed(1)} ${y.toFixed(1)}`;
      pen = 'L';
      return point;
    })
    .join('');
}

/** A line that stays where it is runs through the middle. */
const rangeOf = (all: readonly Values[]): [number, number] => {
  const finite = all.flat().filter((value) => value !== null);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  return high > low ? [low, high] : [low - 1, low + 1];
};

/** A curve's first and last value. */
const endsOf = (values: Values) => {
  const shown = (value: number | null | undefined) => value?.toFixed(2) ?? t('not a number');
  return { first: shown(values[0]), last: shown(values.at(-1)) };
};

/** What the drawing shows. */
function inWords({ loss, panels }: HistoryEntry['thumbnail']): string {
  if (panels.length === 0) return t('Loss from {{first}} to {{last}}', endsOf(loss));
  const scales = panels.map(({ panel, values }) =>
    t('{{panel}} from {{first}} to {{last}}', { panel: t(PANEL_LABELS[panel]), ...endsOf(values) }),
  );
  return t('Loss from {{first}} to {{last}}; mean scale: {{scales}}', {
    ...endsOf(loss),
    scales: listed(scales),
  });
}

export function Thumbnail({
  thumbnail: { loss, panels },
  colour,
}: Pick<HistoryEntry, 'thumbnail'> & { colour: string }) {
  if (loss.length < 2) return <span className={classes.faint}>{t('too few steps')}</span>;
  const [low, high] = rangeOf(panels.map(({ values }) => values));
  return (
    <svg
      className={classes.thumbnail}
      viewBox={`0 0 ${2 * WIDTH + GAP} ${HEIGHT}`}
      role="img"
      aria-label={inWords({ loss, panels })}
    >
      <path className={classes.lossLine} d={lineThrough(loss, ...rangeOf([loss]), 0)} />
      {panels.map(({ panel, values }) => (
        <path key={panel} stroke={colour} d={lineThrough(values, low, high, WIDTH + GAP)} />
      ))}
    </svg>
  );
}
