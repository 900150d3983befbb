/**
 * The instruments: they compute one number per column from the parameters, gradients and statistics of one training step.
 * Inputs and outputs are plain arrays; the trainer reads them back from its backend.
 */
import { BATCH_NORM_EPSILON } from '../network/batch-norm';
import { INSTRUMENT_KEYS, type Experiment, type InstrumentName } from '../experiment/settings';
import type { Curve } from '../network/curves';
import { fusedBranches } from '../network/fuse';
import { branchesOf, learnedVector, type BlockPlan, type NetworkPlan } from '../network/plan';
import { angleBetween, directionOf } from './directions';
import { rotates, rotationResidual, scaleResidual } from './laws';
import type { InstrumentColumn, Measurement, Part, Quantity } from './measurement';
import { dot, mean, norm, total } from './channel-products';

type Values = ReadonlyMap<string, Float32Array>;

/** One training step in plain arrays, by the plan's names and in its layout. */
export interface Snapshot {
  step: number;
  /** Parameters that the step started from. */
  before: Values;
  /** Parameters after its update. */
  after: Values;
  /** ∂L/∂ parameter, without weight decay. */
  gradients: Values;
  /** Mean and variance of the step's batch, by the names of the running statistics. */
  statistics: Values;
  /** RMS of every layer's output; empty if not requested. */
  rms: Float32Array;
}

/** State of the instruments between measurements; a checkpoint stores it so that an interrupted run can resume. */
export interface InstrumentsState {
  /** The last measured step; -1 before the first. */
  lastStep: number;
  /** Of the update directions; null where they are not measured. */
  updates: UpdatesState | null;
}

interface UpdatesState {
  /** Values of the kernels when the run began, by name. */
  initial: Values;
  /** Sums over the steps so far, one pair for each kernel. */
  sums: { radial: number; tangential: number }[];
  /** Fused kernels with the statistics of the first measurement; null before it. */
  firstFused: Float32Array[] | null;
}

/** One instrument: its columns and the function that computes their values. */
interface Instrument {
  name: InstrumentName;
  columns: InstrumentColumn[];
  /** One value for each column. */
  read: (snapshot: Snapshot, stepsSince: number) => number[];
}

type InstrumentSettings = Pick<Experiment, InstrumentName | 'measureEvery'>;

export class Instruments {
  readonly columns: readonly InstrumentColumn[];
  private readonly instruments: readonly Instrument[];
  private lastStep: number;
  private readonly updates: UpdatesState | null;

  constructor(
    plan: NetworkPlan,
    curves: readonly Curve[],
    private readonly settings: InstrumentSettings,
    initial: Values,
    /** State at the checkpoint from which the run resumes; null for a new run. */
    from: InstrumentsState | null = null,
  ) {
    this.lastStep = from?.lastStep ?? -1;
    const measured = settings.measureEvery > 0 && settings.updates;
    this.updates = measured ? (from?.updates ?? beginning(plan, initial)) : null;
    const makers: Record<InstrumentName, () => Instrument> = {
      channels: () => channels(curves, plan),
      conservation: () => conservation(plan),
      rms: () => rms(plan),
      share: () => share(plan),
      updates: () => updates(plan, this.updates!),
      gradients: () => gradients(plan),
    };
    const on = INSTRUMENT_KEYS.filter((name) => settings.measureEvery > 0 && settings[name]);
    this.instruments = on.map((name) => makers[name]());
    this.columns = this.instruments.flatMap((instrument) => instrument.columns);
  }

  /** Valid between two measurements. */
  get state(): InstrumentsState {
    return { lastStep: this.lastStep, updates: this.updates };
  }

  /** Whether anything is to be measured at a step. */
  due(step: number): boolean {
    return this.columns.length > 0 && step % this.settings.measureEvery === 0;
  }

  /** What has to be read back for a measurement. */
  get needs(): { squares: boolean; gradients: boolean; after: boolean; statistics: boolean } {
    const { channels: byChannel, conservation: laws, rms: depth, share: shares } = this.settings;
    const { updates: directions, gradients: norms } = this.settings;
    return {
      squares: depth,
      gradients: laws || norms,
      after: directions,
      statistics: byChannel || shares || directions,
    };
  }

  /** Measures a step; `read` is the time in milliseconds that it took to get the snapshot. Steps come in order. */
  measure(snapshot: Snapshot, read: number): Measurement {
    const milliseconds: Measurement['milliseconds'] = { read };
    const values = this.instruments.flatMap((instrument) => {
      const start = performance.now();
      const readings = instrument.read(snapshot, snapshot.step - this.lastStep);
      milliseconds[instrument.name] = performance.now() - start;
      return readings;
    });
    this.lastStep = snapshot.step;
    return { step: snapshot.step, values: Float32Array.from(values), milliseconds };
  }
}

const column = (
  instrument: InstrumentName,
  quantity: Quantity,
  layer: number,
  part: Part,
  copy = 0,
): InstrumentColumn => ({ instrument, quantity, layer, part, copy });

/** Replaces the running statistics by those of the batch: running ones lag behind and are meaningless at step 0. */
const withStatistics = (parameters: Values, statistics: Values): Values =>
  new Map([...parameters, ...statistics]);

function channels(curves: readonly Curve[], plan: NetworkPlan): Instrument {
  const varianceOf = new Map(plan.batchNorms.map(({ gamma, runningVar }) => [gamma, runningVar]));
  const each = curves.flatMap(({ layer, panel, copy, channels: count }) =>
    Array.from({ length: count }, (_, channel) => ({
      ...column('channels', 'channel', layer, panel, copy),
      channel,
    })),
  );
  const normed = curves.filter(({ kind }) => kind === 'gamma');
  return {
    name: 'channels',
    columns: [
      ...each,
      ...normed.map(({ layer, panel, copy }) => column('channels', 'effective', layer, panel, copy)),
    ],
    read: ({ before, statistics }) => [
      ...curves.flatMap(({ parameter }) => [...before.get(parameter)!]),
      ...normed.map(({ parameter }) => {
        const variance = statistics.get(varianceOf.get(parameter)!)!;
        return mean(
          before.get(parameter)!.map((g, c) => Math.abs(g) / Math.sqrt(variance[c]! + BATCH_NORM_EPSILON)),
        );
      }),
    ],
  };
}

/** The learned vector of every branch of a layer: its scales, or the gammas of its batch norm. */
const scalesOf = (block: BlockPlan): string[] =>
  branchesOf(block).flatMap(({ transform }) => learnedVector(transform)?.parameter ?? []);

function conservation(plan: NetworkPlan): Instrument {
  const parts: { column: InstrumentColumn; read: (snapshot: Snapshot) => number }[] = [];
  for (const block of plan.blocks) {
    const scales = scalesOf(block);
    if (scales.length > 0) {
      parts.push({
        column: column('conservation', 'sumSquares', block.index, 'all'),
        read: ({ before }) =>
          scales.reduce((sum, name) => sum + dot(before.get(name)!, before.get(name)!), 0),
      });
    }
    if (rotates(block)) {
      parts.push({
        column: column('conservation', 'rotationResidual', block.index, 'all'),
        read: (snapshot) => rotationResidual(block, snapshot.before, snapshot.gradients),
      });
    }
    for (const { branch, copy, kernel, transform } of block.branches) {
      if (!kernel || transform.kind !== 'scale') continue;
      parts.push({
        column: column('conservation', 'scaleResidual', block.index, branch, copy),
        read: (snapshot) =>
          scaleResidual({ kernel, scale: transform.scale }, snapshot.before, snapshot.gradients),
      });
    }
  }
  return {
    name: 'conservation',
    columns: parts.map((part) => part.column),
    read: (snapshot) => parts.map((part) => part.read(snapshot)),
  };
}

function rms({ blocks }: NetworkPlan): Instrument {
  return {
    name: 'rms',
    columns: blocks.map(({ index }) => column('rms', 'rms', index, 'all')),
    read: (snapshot) => [...snapshot.rms],
  };
}

function share({ blocks }: NetworkPlan): Instrument {
  // Blocks with a ReLU in their branches have no fused kernel.
  const fusable = blocks.filter(({ branchRelu }) => !branchRelu);
  return {
    name: 'share',
    columns: fusable.flatMap((block) => [
      ...branchesOf(block).map(({ branch, copy }) => column('share', 'share', block.index, branch, copy)),
      column('share', 'diagonal', block.index, 'fused'),
    ]),
    read: ({ before, statistics }) => {
      const values = withStatistics(before, statistics);
      return fusable.flatMap((block) => {
        const parts = fusedBranches(block, values);
        const kernel = total(parts.map((part) => part.kernel));
        const square = dot(kernel, kernel);
        return [...parts.map((part) => dot(part.kernel, kernel) / square), diagonal(kernel, block) / square];
      });
    },
  };
}

/** Σ K[1,1,c,c]² of a kernel [3, 3, cin, cout]. */
function diagonal(kernel: Float32Array, { cin, cout }: BlockPlan): number {
  let sum = 0;
  for (let c = 0; c < Math.min(cin, cout); c++) sum += kernel[(4 * cin + c) * cout + c]! ** 2;
  return sum;
}

const DIRECTION_QUANTITIES = [
  'radial',
  'tangential',
  'radialSum',
  'tangentialSum',
  'angle',
] as const satisfies readonly Quantity[];

/** The kernels whose update directions are measured: every branch's, and the fused ones of blocks that can be fused. */
function movingParts({ blocks }: NetworkPlan) {
  const kernels = blocks.flatMap((block) =>
    branchesOf(block).flatMap(({ branch, copy, kernel }) =>
      kernel ? [{ block, branch, copy, kernel }] : [],
    ),
  );
  const fusable = blocks.filter(({ branchRelu }) => !branchRelu);
  return { kernels, fusable };
}

/** The contents of the state of the update directions: names of kernels, and lengths of fused 3x3 kernels. */
export function carriedBy(plan: NetworkPlan): { kernels: string[]; fused: number[] } {
  const { kernels, fusable } = movingParts(plan);
  return {
    kernels: kernels.map(({ kernel }) => kernel),
    fused: fusable.map(({ cin, cout }) => 9 * cin * cout),
  };
}

function beginning(plan: NetworkPlan, values: Values): UpdatesState {
  const { kernels, fusable } = movingParts(plan);
  return {
    initial: new Map(kernels.map(({ kernel }) => [kernel, values.get(kernel)!])),
    sums: Array.from({ length: kernels.length + fusable.length }, () => ({ radial: 0, tangential: 0 })),
    firstFused: null,
  };
}

/** Reading advances `state`. */
function updates(plan: NetworkPlan, state: UpdatesState): Instrument {
  const { kernels, fusable } = movingParts(plan);
  const parts: { layer: number; part: Part; copy: number }[] = [
    ...kernels.map(({ block, branch, copy }) => ({ layer: block.index, part: branch, copy })),
    ...fusable.map(({ index }) => ({ layer: index, part: 'fused' as const, copy: 0 })),
  ];

  const fusedKernels = (values: Values) =>
    fusable.map((block) => total(fusedBranches(block, values).map(({ kernel }) => kernel)));
  return {
    name: 'updates',
    columns: parts.flatMap(({ layer, part, copy }) =>
      DIRECTION_QUANTITIES.map((quantity) => column('updates', quantity, layer, part, copy)),
    ),
    read: ({ before, after, statistics }, stepsSince) => {
      const fusedBefore = fusedKernels(withStatistics(before, statistics));
      // With the same statistics, the difference comes from the parameters alone.
      const fusedAfter = fusedKernels(withStatistics(after, statistics));
      const start = (state.firstFused ??= fusedBefore);
      const triples = [
        ...kernels.map(({ block, kernel }) => ({
          from: before.get(kernel)!,
          to: after.get(kernel)!,
          start: state.initial.get(kernel)!,
          channels: block.cout,
        })),
        ...fusable.map(({ cout }, i) => ({
          from: fusedBefore[i]!,
          to: fusedAfter[i]!,
          start: start[i]!,
          channels: cout,
        })),
      ];
      return triples.flatMap(({ from, to, start: first, channels: count }, i) => {
        const { radial, tangential } = directionOf(from, to, count);
        const sum = state.sums[i]!;
        sum.radial += radial * stepsSince;
        sum.tangential += tangential * stepsSince;
        return [radial, tangential, sum.radial, sum.tangential, angleBetween(from, first, count)];
      });
    },
  };
}

function gradients({ blocks, head }: NetworkPlan): Instrument {
  const parts: { column: InstrumentColumn; name: string }[] = [];
  for (const block of blocks) {
    for (const { branch, copy, kernel, transform } of branchesOf(block)) {
      if (kernel)
        parts.push({ column: column('gradients', 'gradient', block.index, branch, copy), name: kernel });
      const vector = learnedVector(transform);
      if (vector) {
        const name = vector.parameter;
        parts.push({ column: column('gradients', 'scaleGradient', block.index, branch, copy), name });
      }
    }
    if (block.norm) {
      const name = block.norm.gamma;
      parts.push({ column: column('gradients', 'scaleGradient', block.index, 'norm'), name });
    }
  }
  parts.push({ column: column('gradients', 'gradient', blocks.length, 'head'), name: head.weight });
  return {
    name: 'gradients',
    columns: parts.map((part) => part.column),
    read: (snapshot) => parts.map(({ name }) => norm(snapshot.gradients.get(name)!)),
  };
}
