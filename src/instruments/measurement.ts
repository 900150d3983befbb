/**
 * The data format of measurements: at a measured step every enabled instrument yields one number per column. The worker, the
 * run record and the charts share it.
 */
import type { InstrumentName } from '../experiment/settings';
import type { BranchName } from '../network/branches';

/** The quantity that a column contains. */
export type Quantity =
  /** A channel's scale or gamma (column.channel says which); γ/√(σ² + ε) with the batch's σ², mean over channels of |·|. */
  | 'channel'
  | 'effective'
  /** Σ over branches and channels of s² (or γ² of branches with batch norm). */
  | 'sumSquares'
  /** Residuals of T2 and T5, as shares of their upper bounds: 0 is exact. */
  | 'rotationResidual'
  | 'scaleResidual'
  /** RMS of a layer's output. */
  | 'rms'
  /** ⟨K_b, K⟩/‖K‖² with K the fused kernel; share of ‖K‖² on the diagonal of the centre tap. */
  | 'share'
  | 'diagonal'
  /** One step's update as a share of the kernel's norm, by output channel: along the kernel (mean over channels, with its sign), across it (RMS over channels). */
  | 'radial'
  | 'tangential'
  /** The same two summed over the steps so far; an unmeasured step counts like the measured step that follows it. */
  | 'radialSum'
  | 'tangentialSum'
  /** Angle in degrees between a channel's kernel and its initial one, mean over channels. */
  | 'angle'
  /** ‖∂L/∂W‖₂ of a branch's kernel. */
  | 'gradient'
  /** ‖∂L/∂s‖₂ of a branch's scale or gamma. */
  | 'scaleGradient';

export type Part = BranchName | 'norm' | 'fused' | 'all' | 'head';

export interface InstrumentColumn {
  instrument: InstrumentName;
  quantity: Quantity;
  /** Index of the layer, from 0; the number of layers for the head. */
  layer: number;
  /** Branch, norm after the sum, fused kernel, all branches together, or the head. */
  part: Part;
  /** Index among the copies of the branch, from 0. */
  copy: number;
  /** Index of the channel; only for quantity `channel`. */
  channel?: number;
}

/** The values of one step, including its update. */
export interface Measurement {
  step: number;
  /** In the order of the columns; NaN where there is nothing to measure. */
  values: Float32Array;
  /** Time per instrument in milliseconds; `read` is the time to read parameters and gradients back from the backend. */
  milliseconds: Partial<Record<InstrumentName | 'read', number>>;
}
