import { afterEach, expect, test } from 'vitest';
import { setLanguage } from '../../language/language';
import { describeGrowth } from './divergence';
import { spokenAdapter, spokenReason } from '../reasons';

afterEach(() => setLanguage('en'));

const SAID: readonly (readonly [string, string])[] = [
  ['All 200 steps are done.', '全部 200 步已完成。'],
  [
    'WebGPU is not used: the only adapter is software (SwiftShader (software)), slower than WebAssembly. WebAssembly is the next in order.',
    '未使用 WebGPU：唯一的适配器是软件实现（SwiftShader（软件实现）），比 WebAssembly 慢。按顺序改用 WebAssembly。',
  ],
  [
    'WebAssembly was asked for. Half precision is WebGPU’s alone: numbers are in single precision here.',
    '已按要求使用 WebAssembly。半精度只有 WebGPU 才有：这里用单精度。',
  ],
  [
    'Training failed: No backend works in this browser. WebGPU is not used: this browser has no WebGPU. Plain JavaScript is not used: it did not start. What is recorded is kept; try another backend or a smaller network.',
    '训练失败：此浏览器中没有可用的后端。未使用 WebGPU：此浏览器没有 WebGPU。未使用 纯 JavaScript：它未能启动。已记录的内容会保留；请尝试其他后端或更小的网络。',
  ],
  [
    'Training failed: The run was trained on the data set with the digest 0123…; here is “Built-in shapes, hard, 10,000 training images (not CIFAR-100)”, 4567…. Choose that set under Data and resume again, or branch from the run instead. What is recorded is kept; try another backend or a smaller network.',
    '训练失败：该运行是在摘要为 0123… 的数据集上训练的；这里是“内置图形，困难，10,000 张训练图像（不是 CIFAR-100）”，4567…。请在“数据”中选择那个数据集后再继续，或改为从该运行分出新的运行。已记录的内容会保留；请尝试其他后端或更小的网络。',
  ],
  [
    describeGrowth(7, [1.5, 2000, Infinity]),
    '损失在第 7 步不再是有限数：第 3 层的激活值不是有限数，而它之前第 2 层的均方根为 2.00e+3。请降低学习率或因子，或使用归一化。',
  ],
  ['Something that nobody foresaw.', 'Something that nobody foresaw.'],
];

test.each(SAID)('tells in the reader’s language: %s', async (english, chinese) => {
  expect(spokenReason(english)).toBe(english);
  await setLanguage('zh');
  expect(spokenReason(english)).toBe(chinese);
});

test('tells what computes in the reader’s language', async () => {
  const adapter = 'relaxed SIMD, 1 thread (the page is not cross-origin isolated)';
  expect(spokenAdapter(adapter)).toBe(adapter);
  await setLanguage('zh');
  expect(spokenAdapter(adapter)).toBe('宽松 SIMD，1 个线程（页面未实现跨源隔离）');
  expect(spokenAdapter('SIMD, 2 threads')).toBe('SIMD，2 个线程');
  expect(spokenAdapter('google swiftshader (software), half precision')).toBe(
    'google swiftshader（软件实现），半精度',
  );
  expect(spokenAdapter('NVIDIA H100')).toBe('NVIDIA H100');
});
