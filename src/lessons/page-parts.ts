/** The parts of the page that a step of a lesson can point at, by the names that lessons use. Where each is, the page knows. Their names are translated where they are shown. */
import { phrase } from '../language/language';

export const PARTS = {
  'run-controls': phrase('Start, pause, step, stop and reset'),
  beside: phrase('The second run'),
  block: phrase('The block'),
  presets: phrase('The presets'),
  cost: phrase('Parameters and multiply-adds'),
  'settings-network': phrase('Settings: network'),
  'settings-block': phrase('Settings: block'),
  'settings-start': phrase('Settings: initial values'),
  'settings-optimiser': phrase('Settings: optimiser'),
  'settings-training': phrase('Settings: training'),
  'two-runs': phrase('Two runs side by side'),
  'chart-identity': phrase('Chart: identity'),
  'chart-conv1x1': phrase('Chart: 1x1'),
  'chart-conv3x3': phrase('Chart: 3x3'),
  'chart-norm': phrase('Chart: after the sum'),
  'chart-loss': phrase('Chart: loss'),
  'chart-accuracy': phrase('Chart: accuracy'),
  'chart-logitStd': phrase('Chart: spread of the logits'),
  dips: phrase('Dips and their cause'),
  activations: phrase('Activations by depth'),
  conservation: phrase('Sum of the squared scales'),
  fuse: phrase('Fuse'),
  study: phrase('The study, row by row'),
} as const;

export type PartName = keyof typeof PARTS;
export const PART_NAMES = Object.keys(PARTS) as [PartName, ...PartName[]];
