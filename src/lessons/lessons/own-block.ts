/** Lesson 6: design your own block, within a budget of parameters, multiply-adds and images. */
import { planNetwork } from '../../network/plan-network';
import { option, row } from '../shorthands';
import type { LessonFile } from '../schema';
import { experimentOf } from '../measures';

const BASE =
  '?v=1&preset=plain&depths=2,2,2&widths=8,16,32&strides=2,2,2&difficulty=easy&factor=1&length=200&evalEvery=0&test=0';
const BUDGET = { parameters: 25_000, macs: 750_000, images: 12_800 };

const { fusedParameters, fusedMacs } = planNetwork(experimentOf(BASE)).cost;
const number = (value: number) => value.toLocaleString('en');

export const OWN_BLOCK: LessonFile = {
  format: 'branch-lab-lesson',
  version: 1,
  id: 'own-block',
  title: { en: 'Design your own block', zh: '设计你自己的块' },
  summary: {
    en: 'The best accuracy within a budget of parameters, multiply-adds and training images. Whatever is fused costs nothing.',
    zh: '在参数量、乘加次数和训练图像数的预算之内取得最高准确率。凡能融合掉的都不计费。',
  },
  minutes: [10, 15],
  steps: [
    {
      id: 'rules',
      title: { en: 'The rules', zh: '规则' },
      part: 'cost',
      text: {
        en: `Train the network that recognises the easy drawings best, within this budget:

- **${number(BUDGET.parameters)} parameters** and **${number(BUDGET.macs)} multiply-adds** per image, counted after *fusing*: whatever is fused into one convolution costs nothing. A network that cannot be fused is counted in its trained form.
- **${number(BUDGET.images)} images** seen in training: 200 steps of 64, or 400 of 32, as you like.
- The drawings, their level and the 2,000 test images stay as they are.

Everything else is up to you: branches, scales, norms, depth and width, initial values, learning rate, schedule. The table under the drawing shows the cost of a network.`,
        zh: `在以下预算之内，训练一个最能识别简单图形的网络：

- **${number(BUDGET.parameters)} 个参数**和每张图像 **${number(BUDGET.macs)} 次乘加**，均按*融合后*计算：能融合进一个卷积的部分最终不花费任何代价。不能融合的网络按训练时的形式计算。
- 训练中共看 **${number(BUDGET.images)} 张图像**：200 步、每步 64 张，或 400 步、每步 32 张，随你安排。
- 图形、难度和 2,000 张测试图像保持不变。

其余都由你决定：分支、缩放系数、归一化、深度与宽度、初始值、学习率及其变化方式。图下方的表格显示网络的代价。`,
      },
      question: {
        kind: 'choice',
        prompt: {
          en: 'Adding an identity with a batch norm to every 3x3 convolution costs, in this budget, …',
          zh: '给每个 3x3 卷积加上一个带批归一化的恒等分支，按此预算的代价是……',
        },
        options: [
          option('nothing', 'nothing', '没有代价', true),
          option('little', 'a few parameters per channel', '每个通道几个参数'),
          option('twice', 'twice the multiply-adds', '乘加次数加倍'),
        ],
      },
      reveal: {
        text: {
          en: `Nothing: after fusing it is part of the same 3x3 kernel, as lesson 2 proved. Its batch norm counts only in training. Whether it *helps* in such a short run is another question; try it.`,
          zh: `没有代价：融合之后，它就是同一个 3x3 卷积核的一部分，第 2 课已经证明。它的批归一化只在训练时计入。在这么短的训练中它是否*有帮助*，则是另一个问题；去试一试。`,
        },
      },
    },
    {
      id: 'base',
      title: { en: 'The network to beat', zh: '要超越的网络' },
      part: 'run-controls',
      text: {
        en: `A plain network of six layers, ${number(fusedParameters!)} parameters and ${number(fusedMacs!)} multiply-adds after fusing: well within the budget. Run it first, so that the accuracy to beat is measured on your machine.`,
        zh: `一个六层的普通网络，融合后有 ${number(fusedParameters!)} 个参数、${number(fusedMacs!)} 次乘加：完全在预算之内。先运行它，在你的机器上测出要超越的成绩。`,
      },
      do: { kind: 'run', query: BASE },
      reveal: {
        text: {
          en: `This is the accuracy to beat, with seed 1.`,
          zh: `这就是要超越的成绩（种子 1）。`,
        },
        rows: [
          row('Test top-1', '测试 top-1', { of: 'top1', run: BASE }, 'points'),
          row(
            'Parameters, fused',
            '参数量（融合后）',
            { of: 'cost', what: 'fusedParameters', query: BASE },
            'step',
          ),
          row(
            'Multiply-adds, fused',
            '乘加次数（融合后）',
            { of: 'cost', what: 'fusedMacs', query: BASE },
            'step',
          ),
        ],
      },
    },
    {
      id: 'design',
      title: { en: 'Your turn', zh: '轮到你了' },
      part: 'block',
      text: {
        en: `Change what you like in the drawing and the settings, and press **Start** at the top. Every complete run within the budget is scored below.

Some things to try, one at a time: fewer and wider layers; an identity; another learning rate; batches of 32 with twice the steps; other initial values of the kernels.`,
        zh: `在图中和设置中随意修改，然后按上方的**开始**。预算之内且完成的每次训练都会在下面记分。

可以逐一尝试：更少而更宽的层；恒等分支；不同的学习率；批大小 32、步数加倍；卷积核的初始化。`,
      },
      do: { kind: 'challenge', challenge: { base: BASE, budget: BUDGET } },
      tasks: [
        {
          text: {
            en: 'A run of the panel’s settings has come to its end.',
            zh: '用面板中的设置完成了一次训练。',
          },
          check: { check: 'run', state: 'ended' },
        },
      ],
      notes: {
        en: `Learning rate and schedule alone move the score by several points, and so does the seed: that is the subject of the last step. A score is copied as text with a link that carries the run’s result: anybody can run it again over your curve, and the view Class puts all scores into one table.`,
        zh: `仅学习率及其变化方式就能使得分变动好几个百分点，种子也是如此：这正是最后一步的主题。得分可以复制为文字，其中的链接带有运行结果：任何人都能在你的曲线之上重新运行，“班级”视图可把所有得分汇成一张表。`,
      },
    },
    {
      id: 'honest',
      title: { en: 'An honest score', zh: '诚实的得分' },
      part: 'run-controls',
      text: {
        en: `You have tried several designs and kept the best: so its score is too high for two reasons: its seed, and your **choice**, because you chose with the same images that the score is measured on. Researchers keep a third set of images for that reason.

Run your best design again with other seeds (*New seed* at the top, then Start), and give its mean with its spread. Then compare with the network to beat, with as many seeds.`,
        zh: `你试了几种设计并保留了最好的：因此它的得分偏高，原因有二：一是种子，二是你的**选择**，因为你挑选时用的正是评分的那些图像。研究者为此另外保留第三组图像。

请用其他种子再运行你的最佳设计（上方的*新的随机种子*，然后开始），并给出均值及其离散程度；然后与用同样多种子训练的、要超越的网络比较。`,
      },
      question: {
        kind: 'choice',
        prompt: {
          en: 'Of twenty equally good designs, each run once, you pick the best. Its score will on average …',
          zh: '二十种同样好的设计各训练一次，你选出最好的。平均而言，它的得分会……',
        },
        options: [
          option('fair', 'be accurate', '准确'),
          option('high', 'be too high', '偏高', true),
          option('low', 'be too low', '偏低'),
        ],
      },
      reveal: {
        text: {
          en: `Too high: the best of twenty draws of the same noise is about two standard deviations above the mean. With a new seed this advantage disappears.`,
          zh: `偏高：同一噪声的二十次抽样中，最大值约比均值高两个标准差。换一个新种子，这部分就消失了。`,
        },
      },
    },
  ],
};
