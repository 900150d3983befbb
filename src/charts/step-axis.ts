/** The x axis of a drawn figure: from a step to a share of the plotted width, and back. */
import { onAxis, type XScale } from './theme';

export interface StepAxis {
  /** Steps at the left and right end of the axis. */
  xRange: readonly [number, number];
  /** The same where the chart is not zoomed. */
  xLimits: readonly [number, number];
  xScale: XScale;
  /** Width of the whole figure in px. */
  width: number;
}

/** Share of the x axis at a step: 0 at its left end, 1 at its right end. */
export const shareOf = ({ xRange, xScale }: StepAxis, step: number): number => {
  const [from, to] = xRange.map((end) => onAxis(end, xScale)) as [number, number];
  return (onAxis(step, xScale) - from) / (to - from);
};

/** The step at a share of the x axis. */
export const stepAt = ({ xRange: [from, to], xScale }: StepAxis, share: number): number =>
  Math.round(xScale === 'log' ? from * (to / from) ** share : from + share * (to - from));
