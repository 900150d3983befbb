/** Reads the configuration of a case of the numerical reference as an experiment. */
import { z } from 'zod';
import {
  BRANCH_KEYS,
  DEFAULT_EXPERIMENT,
  SETTINGS,
  type BranchKey,
  type Experiment,
} from '../../experiment/settings';

/** Each branch's transform; a branch that the case does not name is off. */
const branchFields = Object.fromEntries(
  BRANCH_KEYS.map((key) => [key, z.enum(SETTINGS[key].options.map(({ value }) => value)).default('off')]),
) as unknown as { [K in BranchKey]: z.ZodType<Experiment[K]> };

const networkSchema = z.discriminatedUnion('family', [
  z.object({
    family: z.literal('repvgg'),
    depths: z.array(z.number()),
    widths: z.array(z.number()),
    strides: z.array(z.number()),
    shortcuts: z.enum(['none', 'pairs']).optional(),
    classes: z.number(),
  }),
  z.object({ family: z.literal('resnet'), depth: z.number(), width: z.number(), classes: z.number() }),
  z.object({
    family: z.literal('wrn'),
    depth: z.number(),
    widen: z.number(),
    base: z.number().default(16),
    classes: z.number(),
  }),
]);

const caseSchema = z.object({
  network: networkSchema,
  block: z.object({
    branches: z.object({
      ...branchFields,
      copies: z.number().optional(),
      scaleInit: z.enum(['one', 'repopt', 'value']).optional(),
      scaleValue: z.number().optional(),
      gammaInit: z.number().optional(),
    }),
    norm: z.enum(['post', 'none']),
    factor: z.number(),
    factorAt: z.enum(['output', 'norm', 'sum']),
    identityAt: z.enum(['sum', 'past']).optional(),
    branchRelu: z.boolean().optional(),
    form: z.enum(['branches', 'gradmult']).optional(),
  }),
  size: z.number(),
  optim: z.object({
    lr: z.number(),
    momentum: z.number(),
    nesterov: z.boolean().optional(),
    weightDecay: z.number(),
    decayScales: z.enum(['none', 'identity', 'all']).optional(),
    biasLr: z.number().optional(),
    scaleLr: z.number().optional(),
    labelSmoothing: z.number().optional(),
  }),
});

/** n of a network with 6n + extra layers. */
const blocksOf = (depth: number, extra: number) => (depth - extra) / 6;

function networkOf(network: z.infer<typeof networkSchema>): Partial<Experiment> {
  switch (network.family) {
    case 'repvgg': {
      const { family, depths, widths, strides, shortcuts = 'none' } = network;
      return { family, depths, widths, strides, shortcuts };
    }
    case 'resnet':
      return { family: 'resnet', n: blocksOf(network.depth, 2), width: network.width };
    case 'wrn':
      return { family: 'wrn', n: blocksOf(network.depth, 4), width: network.base, widen: network.widen };
    default:
      return network satisfies never;
  }
}

/** The experiment of a case's config.json. Throws ZodError where it is malformed. */
export function readCase(config: unknown): { experiment: Experiment; classes: number; size: number } {
  const { network, block, optim, size } = caseSchema.parse(config);
  const { copies, scaleInit, scaleValue, gammaInit, ...branches } = block.branches;
  const experiment: Experiment = {
    ...DEFAULT_EXPERIMENT,
    ...networkOf(network),
    ...branches,
    copies: copies ?? 1,
    scaleInit: scaleInit ?? 'one',
    scaleValue: scaleValue ?? DEFAULT_EXPERIMENT.scaleValue,
    gammaInit: gammaInit ?? 1,
    norm: block.norm,
    factor: block.factor,
    factorAt: block.factorAt,
    identityAt: block.identityAt ?? 'sum',
    branchRelu: block.branchRelu ?? false,
    form: block.form ?? 'branches',
    lr: optim.lr,
    momentum: optim.momentum,
    nesterov: optim.nesterov ?? false,
    wd: optim.weightDecay,
    decayScales: optim.decayScales ?? 'all',
    biasLr: optim.biasLr ?? 1,
    scaleLr: optim.scaleLr ?? 1,
    smoothing: optim.labelSmoothing ?? 0,
  };
  return { experiment, classes: network.classes, size };
}
