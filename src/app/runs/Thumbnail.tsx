/** A run at a glance: its loss at the left, the mean scale of each panel's last layer at the right. */
import { PANEL_LABELS } from '../../network/curves';
import type { HistoryEntry } from '../../runs/history/entry';
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

const ends = (values: Values) => {
  const shown = [values[0], values.at(-1)].map((value) => value?.toFixed(2) ?? 'not a number');
  return `from ${shown[0]} to ${shown[1]}`;
};

export function Thumbnail({
  thumbnail: { loss, panels },
  colour,
}: Pick<HistoryEntry, 'thumbnail'> & { colour: string }) {
  if (loss.length < 2) return <span className={classes.faint}>too few steps</span>;
  const [low, high] = rangeOf(panels.map(({ values }) => values));
  const scales = panels.map(({ panel, values }) => `${PANEL_LABELS[panel]} ${ends(values)}`);
  const words = [`Loss ${ends(loss)}`, ...(scales.length > 0 ? [`mean scale: ${scales.join(', ')}`] : [])];
  return (
    <svg
      className={classes.thumbnail}
      viewBox={`0 0 ${2 * WIDTH + GAP} ${HEIGHT}`}
      role="img"
      aria-label={words.join('; ')}
    >
      <path className={classes.lossLine} d={lineThrough(loss, ...rangeOf([loss]), 0)} />
      {panels.map(({ panel, values }) => (
        <path key={panel} stroke={colour} d={lineThrough(values, low, high, WIDTH + GAP)} />
      ))}
    </svg>
  );
}
