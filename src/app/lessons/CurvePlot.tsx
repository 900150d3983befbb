/** A small chart with named axes: the drawn curve and, over it, the measured one. It only draws; its parent handles input. */
import type { CurveQuestion } from '../../lessons/schema';
import { DRAWN_POINTS, drawnAt } from '../../lessons/answers';
import classes from './lessons.module.css';

export const PLOT = { width: 340, height: 210, left: 40, right: 10, top: 10, bottom: 34 } as const;
const inner = {
  width: PLOT.width - PLOT.left - PLOT.right,
  height: PLOT.height - PLOT.top - PLOT.bottom,
};

type Axes = Pick<CurveQuestion, 'x' | 'y'>;

export const xOf = ({ x }: Axes, value: number) =>
  PLOT.left + (inner.width * (value - x.min)) / (x.max - x.min);
export const yOf = ({ y }: Axes, value: number) =>
  PLOT.top + inner.height * (1 - (Math.min(y.max, Math.max(y.min, value)) - y.min) / (y.max - y.min));

/** The drawn point and its value at a position of the plot, given in the plot's units. */
export function pointAt({ y }: Axes, left: number, top: number): { k: number; value: number } {
  const share = Math.min(1, Math.max(0, (left - PLOT.left) / inner.width));
  const high = Math.min(1, Math.max(0, 1 - (top - PLOT.top) / inner.height));
  const value = y.min + high * (y.max - y.min);
  return { k: Math.round(share * (DRAWN_POINTS - 1)), value: Number(value.toPrecision(4)) };
}

/** Five tick labels of an axis, as short as possible. */
const ticks = (min: number, max: number, whole: boolean) =>
  Array.from({ length: 5 }, (_, i) => min + ((max - min) * i) / 4).map((value) =>
    whole ? Math.round(value) : Number(value.toPrecision(3)),
  );

const path = (points: readonly (readonly [number, number])[]) =>
  points.map(([left, top], i) => `${i === 0 ? 'M' : 'L'}${left.toFixed(1)} ${top.toFixed(1)}`).join('');

interface CurvePlotProps extends Axes {
  drawn: readonly (number | null)[];
  measured: Float32Array | null;
  /** The point that the keyboard moves. */
  cursor: number | null;
  labels: { x: string; y: string };
}

export function CurvePlot({ x, y, drawn, measured, cursor, labels }: CurvePlotProps) {
  const axes = { x, y };
  const known = drawn.flatMap((value, k) =>
    value === null ? [] : [[xOf(axes, drawnAt(axes, k)), yOf(axes, value)] as const],
  );
  const found = measured
    ? [...measured].flatMap((value, step) =>
        Number.isFinite(value) && step <= x.max ? [[xOf(axes, step), yOf(axes, value)] as const] : [],
      )
    : [];
  const at = cursor === null ? null : drawn[cursor];
  return (
    <svg className={classes.plot} viewBox={`0 0 ${PLOT.width} ${PLOT.height}`} aria-hidden>
      {ticks(y.min, y.max, false).map((value) => (
        <g key={value}>
          <path className={classes.grid} d={`M${PLOT.left} ${yOf(axes, value)}H${PLOT.width - PLOT.right}`} />
          <text
            className={classes.tick}
            x={PLOT.left - 5}
            y={yOf(axes, value)}
            textAnchor="end"
            dominantBaseline="middle"
          >
            {value}
          </text>
        </g>
      ))}
      {ticks(x.min, x.max, true).map((value) => (
        <text
          key={value}
          className={classes.tick}
          x={xOf(axes, value)}
          y={PLOT.height - 20}
          textAnchor="middle"
        >
          {value}
        </text>
      ))}
      <text className={classes.tick} x={PLOT.left + inner.width / 2} y={PLOT.height - 4} textAnchor="middle">
        {labels.x}
      </text>
      <text
        className={classes.tick}
        textAnchor="middle"
        transform={`translate(10 ${PLOT.top + inner.height / 2}) rotate(-90)`}
      >
        {labels.y}
      </text>
      {found.length > 1 && <path className={classes.foundLine} d={path(found)} />}
      {known.length > 1 && <path className={classes.drawnLine} d={path(known)} />}
      {cursor !== null && at !== null && at !== undefined && (
        <circle className={classes.cursor} cx={xOf(axes, drawnAt(axes, cursor))} cy={yOf(axes, at)} r={5} />
      )}
    </svg>
  );
}
