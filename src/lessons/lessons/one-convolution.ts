/** Lesson 2: three branches, one convolution. Build a RepVGG block by clicking, train it, fuse it, and prove that it is the same function. */
import { option, row } from '../shorthands';
import type { LessonFile } from '../schema';

const PLAIN = '?v=1&preset=plain&factor=1&length=60&evalEvery=60';
const BUILT = '?v=1&factor=1&length=60&evalEvery=60';

const cost = (what: 'parameters' | 'macs' | 'fusedParameters' | 'fusedMacs', query: string) =>
  ({ of: 'cost', what, query }) as const;

export const ONE_CONVOLUTION: LessonFile = {
  format: 'branch-lab-lesson',
  version: 1,
  id: 'one-convolution',
  title: { en: 'Three branches, one convolution', zh: '三个分支，一个卷积' },
  summary: {
    en: 'Build a RepVGG block by clicking, train it, fuse its branches into one 3x3 convolution, and prove that the function is the same.',
    zh: '通过点击搭建 RepVGG 块，训练它，把各分支融合成一个 3x3 卷积，并证明函数没有改变。',
  },
  minutes: [5, 10],
  steps: [
    {
      id: 'plain',
      title: { en: 'Begin with one convolution', zh: '从一个卷积开始' },
      part: 'block',
      text: {
        en: `This is what finally runs on a phone or in a camera: one 3x3 convolution, a batch norm, a ReLU. It is fast and simple, but on its own it trains worse than a block with branches.

Press *Set up*. The drawing then shows this **plain** block: only its 3x3 branch is on, and a batch norm follows the sum.`,
        zh: `最终在手机或摄像头上运行的就是这样的结构：一个 3x3 卷积、一个批归一化、一个 ReLU。它又快又简单，但单独训练时不如带分支的块。

请按“设置”。图中随后显示这个**普通**块：只有 3x3 分支开启，求和之后有一个批归一化。`,
      },
      do: { kind: 'set-up', query: PLAIN },
      tasks: [
        {
          text: { en: 'Only the 3x3 branch is on.', zh: '只有 3x3 分支开启。' },
          check: { check: 'setting', key: 'identity', is: ['off'] },
        },
        {
          text: { en: 'A batch norm follows the sum.', zh: '求和之后有一个批归一化。' },
          check: { check: 'setting', key: 'norm', is: ['post'] },
        },
      ],
      notes: {
        en: `That a plain net trains worse is a published result (RepVGG, ImageNet: 72.39 % with the 3x3 branch alone against 75.14 % with all three on B0). The short runs of this lesson do not show it and are not meant to; lesson 5 explains what would.`,
        zh: `普通网络训练得较差是已发表的结果（RepVGG，ImageNet，B0：只有 3x3 分支时为 72.39 %，三个分支齐全时为 75.14 %）。本课的短时训练并不能、也不打算说明这一点；第 5 课会讲需要怎样做才能说明。`,
      },
    },
    {
      id: 'build',
      title: { en: 'Build the block', zh: '搭建块' },
      part: 'block',
      text: {
        en: `Now click in the drawing:

- **1x1** and **identity**: one click each switches them on, each with a batch norm (BN).
- The small field under **3x3** shows what follows it. Click it until it shows BN.
- The **BN** after the sum Σ: one click removes it, because each branch now has its own.

Answer first: the table below the drawing counts parameters *trained* and *fused*. What will your clicks do to the two numbers?`,
        zh: `现在请在图中点击：

- **1x1** 和**恒等**：各点击一次即可开启，每个都带一个批归一化（BN）。
- **3x3** 下方的小框表示它后面跟着什么。点击它，直到显示 BN。
- 求和 Σ 之后的 **BN**：点击一次将其去掉，因为现在每个分支都有自己的批归一化。

请先回答：图下方的表格列出*训练时*和*融合后*的参数量。你的点击会怎样改变这两个数？`,
      },
      question: {
        kind: 'choice',
        prompt: { en: 'With three branches instead of one …', zh: '由一个分支变为三个分支之后……' },
        options: [
          option('both', 'both numbers grow', '两个数都增大'),
          {
            id: 'trained',
            text: {
              en: 'only the trained one grows; fused stays the same',
              zh: '只有训练时的增大，融合后的不变',
            },
            right: true,
          },
          option('neither', 'neither changes', '都不变'),
        ],
      },
      tasks: [
        {
          text: { en: 'The 1x1 branch has a batch norm.', zh: '1x1 分支带批归一化。' },
          check: { check: 'setting', key: 'conv1x1', is: ['bn'] },
        },
        {
          text: { en: 'The identity has a batch norm.', zh: '恒等分支带批归一化。' },
          check: { check: 'setting', key: 'identity', is: ['bn'] },
        },
        {
          text: { en: 'The 3x3 branch has a batch norm.', zh: '3x3 分支带批归一化。' },
          check: { check: 'setting', key: 'conv3x3', is: ['bn'] },
        },
        {
          text: { en: 'Nothing follows the sum but the ReLU.', zh: '求和之后只有 ReLU。' },
          check: { check: 'setting', key: 'norm', is: ['none'] },
        },
      ],
      reveal: {
        text: {
          en: `You have built a RepVGG block. It has more parameters in training: 1x1 kernels, and three batch norms instead of one. After fusing, every layer is again one 3x3 convolution with a bias, exactly as large as the plain block’s.`,
          zh: `你搭建了一个 RepVGG 块。训练时它的参数更多：多了 1x1 卷积核，批归一化也由一个变为三个。融合之后，每一层又是一个带偏置的 3x3 卷积，与普通块一样大。`,
        },
        rows: [
          row('Plain, trained', '普通块，训练时', cost('parameters', PLAIN), 'step'),
          row('Yours, trained', '你的块，训练时', cost('parameters', BUILT), 'step'),
          row('Plain, fused', '普通块，融合后', cost('fusedParameters', PLAIN), 'step'),
          row('Yours, fused', '你的块，融合后', cost('fusedParameters', BUILT), 'step'),
        ],
      },
    },
    {
      id: 'train',
      title: { en: 'Train it', zh: '训练它' },
      part: 'run-controls',
      text: {
        en: `Press **Start** at the top, and wait for the 60 steps. A few steps are enough: the next steps hold for any weights, but trained weights are more convincing than initial ones.

You may pause the run, or take single steps with the button next to it.`,
        zh: `请按上方的**开始**按钮，等待 60 步完成。几步就够了：接下来的结论对任何权重都成立，只是用训练过的权重更有说服力。

你可以暂停训练，也可以用旁边的按钮逐步前进。`,
      },
      tasks: [
        {
          text: { en: 'A run of your block has come to its end.', zh: '你的块完成了一次训练。' },
          check: { check: 'run', state: 'ended', steps: 60 },
        },
      ],
    },
    {
      id: 'algebra',
      title: { en: 'Why one kernel is enough', zh: '为什么一个卷积核就够了' },
      text: {
        en: `After training, a batch norm’s mean $\\mu$ and variance $\\sigma^2$ are fixed numbers. Then it is one multiplication and one addition per channel, and both can be moved into the kernel before it:

$$t=\\frac{\\gamma}{\\sqrt{\\sigma^2+\\varepsilon}},\\qquad K'=t\\,K,\\qquad b'=\\beta-\\mu\\,t$$

Convolution is linear in its kernel, so three convolutions of the same input can be added by adding their kernels, once they have the same size:

- a 1x1 kernel is a 3x3 kernel with zeros around it;
- the identity is a 3x3 kernel, too: the **Dirac kernel**, 1 in the centre where the input and the output channel are the same, and 0 everywhere else.`,
        zh: `训练结束后，批归一化的均值 $\\mu$ 和方差 $\\sigma^2$ 是固定的数。于是它对每个通道只是一次乘法和一次加法，两者都可以并入前面的卷积核：

$$t=\\frac{\\gamma}{\\sqrt{\\sigma^2+\\varepsilon}},\\qquad K'=t\\,K,\\qquad b'=\\beta-\\mu\\,t$$

卷积对卷积核是线性的，因此对同一输入的三个卷积，只要大小一致，把卷积核相加即可：

- 1x1 卷积核就是四周补零的 3x3 卷积核；
- 恒等映射也是一个 3x3 卷积核，即 **Dirac 核**：在中心处，输入与输出为同一通道的位置为 1，其余全为 0。`,
      },
      question: {
        kind: 'choice',
        prompt: {
          en: 'Where in the 3x3 kernel does the 1x1 kernel go?',
          zh: '1x1 卷积核应放在 3x3 卷积核的什么位置？',
        },
        options: [
          option('corner', 'In the upper left corner', '左上角'),
          option('centre', 'In the centre', '中心', true),
          option('everywhere', 'Spread over all nine positions', '平均分布到九个位置'),
        ],
      },
      reveal: {
        text: {
          en: `In the centre: a 1x1 convolution reads the pixel itself, and so does the centre of a 3x3 kernel (with padding 1). This works only because there is nothing non-linear, no ReLU, between the branches and the sum.`,
          zh: `在中心：1x1 卷积只看像素本身，而 3x3 卷积核（填充为 1）的中间位置也是如此。这之所以可行，是因为各分支与求和之间没有任何非线性：没有 ReLU。`,
        },
      },
    },
    {
      id: 'prove',
      title: { en: 'Fuse, and prove it', zh: '融合并证明' },
      part: 'fuse',
      text: {
        en: `Now predict, then press **Fuse and compare** in the highlighted panel. The lab fuses every layer and sends the same test images through both forms.`,
        zh: `先作预测，然后在突出显示的面板中按**融合并比较**。实验室会融合每一层，并让相同的测试图像通过两种形式。`,
      },
      question: {
        kind: 'choice',
        prompt: { en: 'The outputs (logits) of the two forms …', zh: '两种形式的输出（logits）……' },
        options: [
          option('same', 'are the same up to rounding', '除舍入误差外完全相同', [
            { value: { of: 'fused', what: 'relative' }, below: 0.0001 },
          ]),
          {
            id: 'percent',
            text: {
              en: 'differ by some per cent; accuracy may fall a little',
              zh: '相差百分之几，准确率可能略有下降',
            },
            when: [{ value: { of: 'fused', what: 'relative' }, atLeast: 0.0001, below: 0.1 }],
          },
          {
            id: 'other',
            text: {
              en: 'are different; the fused net must be trained again',
              zh: '不同；融合后的网络必须重新训练',
            },
            when: [{ value: { of: 'fused', what: 'relative' }, atLeast: 0.1 }],
          },
        ],
      },
      tasks: [
        {
          text: {
            en: 'The run was compared with its fused form.',
            zh: '已将这次训练的网络与其融合形式比较。',
          },
          check: { check: 'fused' },
        },
      ],
      reveal: {
        text: {
          en: `The remaining difference is rounding: 32-bit numbers have about seven digits, and the two forms add in a different order. It is the same function. The reason why RepVGG trains better must therefore be in the **training**, not in what the network can express. This lab exists to examine that question.`,
          zh: `剩下的只是舍入误差：32 位浮点数约有七位有效数字，而两种形式的相加顺序不同。它们是同一个函数。因此，RepVGG 训练得更好的原因必定在**训练过程**中，而不在网络的表达能力中。这正是本实验室要研究的问题。`,
        },
        rows: [
          row(
            'Largest difference of a logit',
            'logit 的最大差值',
            { of: 'fused', what: 'difference' },
            'small',
          ),
          row(
            'Relative to the largest logit',
            '相对于最大的 logit',
            { of: 'fused', what: 'relative' },
            'small',
          ),
          row('Test top-1, trained form', '测试 top-1，训练形式', { of: 'fused', what: 'top1' }, 'points'),
          row('Test top-1, fused form', '测试 top-1，融合形式', { of: 'fused', what: 'fusedTop1' }, 'points'),
          row(
            'Speed, fused against trained',
            '速度，融合形式比训练形式',
            { of: 'fused', what: 'speed' },
            'times',
          ),
        ],
      },
      notes: {
        en: `If students ask about speed: the ratio is measured on this machine with two small networks and depends on what else runs on it. Kernels without a batch norm between them (scales only) can even be merged *while* training, so that three branches cost one convolution: the lab does that.`,
        zh: `如果学生问到速度：该比值是在本机上用两个小网络测得的，会受机器上其他程序的影响。如果各卷积核之间没有批归一化（只有缩放系数），甚至可以在*训练时*合并，使三个分支只花费一个卷积的代价：本实验室正是这样做的。`,
      },
    },
    {
      id: 'break-it',
      title: { en: 'When fusing is impossible', zh: '让融合失效' },
      part: 'settings-block',
      text: {
        en: `Switch on **ReLU in branches** in the highlighted part of the settings. Each branch then has its own ReLU before the sum. Can such a block still be fused into one convolution?`,
        zh: `请在突出显示的设置中打开**分支内 ReLU**。这样每个分支在求和之前都有自己的 ReLU。这样的块还能融合成一个卷积吗？`,
      },
      question: {
        kind: 'choice',
        prompt: { en: 'A block with ReLUs in its branches …', zh: '分支内带 ReLU 的块……' },
        options: [
          option('can', 'can be fused in the same way', '可以用同样的方法融合'),
          {
            id: 'cannot',
            text: {
              en: 'cannot be fused: its branches are no longer linear',
              zh: '不能融合：分支不再是线性的',
            },
            right: true,
          },
        ],
      },
      tasks: [
        {
          text: { en: 'ReLU in branches is on.', zh: '分支内 ReLU 已打开。' },
          check: { check: 'setting', key: 'branchRelu', is: ['on'] },
        },
        {
          text: { en: 'The network can no longer be fused.', zh: '该网络不再能够融合。' },
          check: { check: 'fusable', is: false },
        },
      ],
      reveal: {
        text: {
          en: `$\\mathrm{ReLU}(a)+\\mathrm{ReLU}(b)$ is not $\\mathrm{ReLU}(a+b)$: for $a=1$, $b=-1$ the first is 1 and the second is 0. The table under the drawing now says that the network cannot be fused. Everything that is to be fused must be linear, in every branch, up to the sum.`,
          zh: `$\\mathrm{ReLU}(a)+\\mathrm{ReLU}(b)$ 不等于 $\\mathrm{ReLU}(a+b)$：当 $a=1$、$b=-1$ 时，前者为 1，后者为 0。图下方的表格现在显示该网络不能融合。要能融合，每个分支从输入到求和为止都必须是线性的。`,
        },
      },
    },
  ],
};
