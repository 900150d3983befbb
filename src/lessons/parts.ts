/** The parts of the page that a step of a lesson can point at, by the names that lessons use. Where each is, the page knows. */
import type { Text } from './text';

export const PARTS = {
  'run-controls': { en: 'Start, pause, step, stop and reset', zh: '开始、暂停、单步、停止与重置' },
  beside: { en: 'The run beside', zh: '并排的另一次训练' },
  block: { en: 'The block', zh: '模块图' },
  presets: { en: 'The presets', zh: '预设' },
  cost: { en: 'Parameters and multiply-adds', zh: '参数量与乘加次数' },
  'settings-network': { en: 'Settings: network', zh: '设置：网络' },
  'settings-block': { en: 'Settings: block', zh: '设置：模块' },
  'settings-start': { en: 'Settings: initial values', zh: '设置：初始值' },
  'settings-optimiser': { en: 'Settings: optimiser', zh: '设置：优化器' },
  'settings-training': { en: 'Settings: training', zh: '设置：训练' },
  'two-runs': { en: 'Two runs side by side', zh: '两次训练并排对比' },
  'chart-identity': { en: 'Chart: identity', zh: '图：恒等分支' },
  'chart-conv1x1': { en: 'Chart: 1x1', zh: '图：1x1 分支' },
  'chart-conv3x3': { en: 'Chart: 3x3', zh: '图：3x3 分支' },
  'chart-norm': { en: 'Chart: after the sum', zh: '图：求和之后' },
  'chart-loss': { en: 'Chart: loss', zh: '图：损失' },
  'chart-accuracy': { en: 'Chart: accuracy', zh: '图：准确率' },
  'chart-logitStd': { en: 'Chart: spread of the logits', zh: '图：logits 的离散程度' },
  dips: { en: 'Dips and their cause', zh: '下沉及其成因' },
  activations: { en: 'Activations by depth', zh: '激活值随深度的变化' },
  conservation: { en: 'Sum of the squared scales', zh: '缩放系数的平方和' },
  fuse: { en: 'Fuse', zh: '融合' },
  study: { en: 'The study, row by row', zh: '研究报告逐行对照' },
} as const satisfies Record<string, Text>;

export type PartName = keyof typeof PARTS;
export const PART_NAMES = Object.keys(PARTS) as [PartName, ...PartName[]];
