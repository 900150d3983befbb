/** Thumbnail of a run: the loss on the left, the mean scale of each panel's last layer on the right. */
import { t } from '../../language/language';
import { PANEL_LABELS } from '../../network/curves';
import type { HistoryEntry } from '../../runs/history/entry';
import { listed } from '../../language/join';
import classes from './RunsView.module.css';

const WIDTH = 44;
const HEIGHT = 24;
const GAP = 8;

type Values = readonly (number | null)[];

/** Path through the values that are not null, scaled to `low` … `high`. */
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

/** Range of all values. A constant series gets a range around it, so that it is drawn in the middle. */
const rangeOf = (all: readonly Values[]): [number, number] => {
  const finite = all.flat().filter((value) => value !== null);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  return high > low ? [low, high] : [low - 1, low + 1];
};

/** First and last value of a curve that are not null. */
const endsOf = (values: Values) => {
  const shown = (value: number | null | undefined) => value?.toFixed(2) ?? t('not a number');
  return { first: shown(values[0]), last: shown(values.at(-1)) };
};

/** Text alternative of the thumbnail. */
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
