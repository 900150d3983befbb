/**
 * The instruments' charts with one line per layer: one row per chart. The card, its choices, its CSV and its place on the page
 * follow from the row.
 */
import { decayLine, restingLine, type LayerLines } from '../../charts/instrument-figures';
import type { InstrumentName } from '../../experiment/settings';
import { phrase } from '../../language/language';
import type { PartId } from '../../page/parts';
import type { Quantity } from '../../instruments/measurement';
import type { RunState } from '../../runs/record';

/** Sections of the instruments, by their parts of the page. */
export const INSTRUMENT_SECTIONS = ['dips', 'depth', 'scales', 'kernels'] as const;
export type InstrumentSection = (typeof INSTRUMENT_SECTIONS)[number];

export interface QuantityChoice {
  quantity: Quantity;
  label: string;
  yTitle: string;
  /** Whether the y axis is logarithmic. */
  log?: boolean;
  /** Whether every layer is drawn relative to its first value. */
  relative?: boolean;
  /** The dashed line of a theory; null where the run does not meet its conditions. */
  theory?: (run: RunState) => LayerLines['theory'];
}

/** Texts are English; the card shows them translated. */
export interface CardText {
  /** The section of the instruments that it is in. */
  section: InstrumentSection;
  instrument: InstrumentName;
  title: string;
  part?: PartId;
  /** What it shows, in a sentence. */
  help: string;
  formula: string;
  quantities: readonly QuantityChoice[];
  /** Whether the two conservation laws are tested below the chart. */
  selfTest?: true;
}

export const CARDS: readonly CardText[] = [
  {
    section: 'scales',
    instrument: 'channels',
    title: phrase('Effective scales of batch norms'),
    help: phrase(
      'The factor by which a batch norm multiplies its branch: gamma over the batch’s standard deviation, mean over channels.',
    ),
    formula: '|γ|/√(σ² + ε)',
    quantities: [
      { quantity: 'effective', label: phrase('Effective scale'), yTitle: phrase('Effective scale') },
    ],
  },

  {
    section: 'scales',
    instrument: 'conservation',
    title: phrase('Sum of the squared scales'),
    part: 'conservation',
    selfTest: true,
    help: phrase(
      'Squared scales (or gammas) of all branches of a layer, relative to their start. Before a common batch norm only weight decay can lower it; the dashed line shows weight decay alone.',
    ),
    formula: phrase('Σ s²(t)/Σ s²(0); decay alone: exp(−2λ·Ση/(1 − μ))'),
    quantities: [
      {
        quantity: 'sumSquares',
        label: 'Σ s²',
        yTitle: phrase('Share of the start'),
        relative: true,
        theory: decayLine,
      },
    ],
  },

  {
    section: 'depth',
    instrument: 'rms',
    title: phrase('Activations over the steps'),
    help: phrase('Root mean square of every layer’s output on the training batch, at the measured steps.'),
    formula: phrase('√(mean of y²)'),
    quantities: [{ quantity: 'rms', label: phrase('RMS'), yTitle: phrase('RMS of the output'), log: true }],
  },

  {
    section: 'kernels',
    instrument: 'share',
    title: phrase('Share of the fused kernel'),
    help: phrase(
      'How much of a layer’s fused kernel each branch contributes (the shares sum to 1; a branch that works against the others has a negative share), and how much of the fused kernel is on the diagonal of its centre tap. Batch norms use the batch’s statistics.',
    ),
    formula: '⟨K_b, K⟩/‖K‖²;  Σ_c K[1,1,c,c]²/‖K‖²',
    quantities: [
      { quantity: 'share', label: phrase('Share of a branch'), yTitle: phrase('Share') },
      {
        quantity: 'diagonal',
        label: phrase('On the diagonal of the centre'),
        yTitle: phrase('Share of ‖K‖²'),
      },
    ],
  },

  {
    section: 'kernels',
    instrument: 'updates',
    title: phrase('Directions of the updates'),
    help: phrase(
      'Each step’s update of a kernel, per output channel: the tangential part rotates the kernel, the radial part changes its length; both also summed over the steps (a step between two measurements counts as the measured one); and the angle to the initial kernel. With weight decay, the rotation per step settles at the dashed line.',
    ),
    formula: phrase('ΔW = r·W + t, t ⊥ W: r, ‖t‖/‖W‖;  at rest √(2ηλ/(1 + μ))'),
    quantities: [
      {
        quantity: 'tangential',
        label: phrase('Tangential, per step'),
        yTitle: phrase('Radians per step'),
        log: true,
        theory: restingLine,
      },
      { quantity: 'radial', label: phrase('Radial, per step'), yTitle: phrase('Share of ‖W‖ per step') },
      { quantity: 'tangentialSum', label: phrase('Tangential, summed'), yTitle: phrase('Radians') },
      { quantity: 'radialSum', label: phrase('Radial, summed'), yTitle: phrase('Share of ‖W‖') },
      { quantity: 'angle', label: phrase('Angle to the start'), yTitle: phrase('Degrees') },
    ],
  },

  {
    section: 'kernels',
    instrument: 'gradients',
    title: phrase('Gradient norms'),
    help: phrase(
      'Norm of the loss’s gradient of every kernel, and of every scale or gamma, without weight decay.',
    ),
    formula: '‖∂L/∂W‖₂',
    quantities: [
      { quantity: 'gradient', label: phrase('Kernels'), yTitle: phrase('Norm'), log: true },
      { quantity: 'scaleGradient', label: phrase('Scales and gammas'), yTitle: phrase('Norm'), log: true },
    ],
  },
];
