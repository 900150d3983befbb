/** Lesson 3: what a scale can do that a kernel cannot. Theorems T1, T2, T3 and T6 for the block with a batch norm after the sum, each with a run. */
import { option, row } from '../shorthands';
import type { LessonFile } from '../schema';

const LONE = '?v=1&preset=plain&conv3x3=scale&factor=1&length=100&evalEvery=100';
const THREE = '?v=1&preset=simplified&factor=1&length=100&evalEvery=100';
const DECAY = '?v=1&preset=simplified&factor=1&wd=0.005&length=100&evalEvery=100';
const HE = '?v=1&preset=simplified&factor=1&kernelInit=he&length=100&evalEvery=100';

const farthest = (layer: 'first' | 'middle' | 'last') =>
  ({ of: 'scale', what: 'farthest', panel: 'conv3x3', layer, run: LONE }) as const;
const fall = (panel: 'identity' | 'conv1x1' | 'conv3x3' | 'norm', run: string) =>
  ({ of: 'dip', what: 'depth', panel, run }) as const;
const squares = (what: 'end' | 'lowest' | 'predicted', run: string, layer: 'first' | 'last' = 'last') =>
  ({ of: 'squares', what, layer, run }) as const;

export const SCALES: LessonFile = {
  format: 'branch-lab-lesson',
  version: 1,
  id: 'scales',
  title: { en: 'What a scale can do that a kernel cannot', zh: '缩放系数能做到而卷积核做不到的事' },
  summary: {
    en: 'One number per channel that multiplies a whole branch: when it cannot change, when the scales can only rotate, and why it makes magnitudes easy to change.',
    zh: '每个通道有一个数与整个分支相乘：它何时不会改变，何时只能转动，又为何让幅度容易改变。',
  },
  minutes: [8, 12],
  steps: [
    {
      id: 'lone',
      title: { en: 'A scale on its own', zh: '单独的缩放系数' },
      part: 'chart-conv3x3',
      text: {
        en: `The study replaced each branch’s batch norm by a multiplication with one number $s$ per channel, and put one batch norm after the sum:

$$y=\\mathrm{ReLU}\\big(\\mathrm{BN}(s_3\\odot(W_3*x)+s_1\\odot(W_1*x)+s_I\\odot x)\\big)$$

Begin with the simplest case: only the 3x3 branch, with its scale. All scales start at 1. The run has 100 steps at learning rate 0.3.`,
        zh: `研究报告把每个分支的批归一化换成单纯的乘法，即每个通道一个数 $s$，并在求和之后放一个批归一化：

$$y=\\mathrm{ReLU}\\big(\\mathrm{BN}(s_3\\odot(W_3*x)+s_1\\odot(W_1*x)+s_I\\odot x)\\big)$$

先看最简单的情形：只有带缩放系数的 3x3 分支。所有缩放系数从 1 开始。训练共 100 步，学习率 0.3。`,
      },
      question: {
        kind: 'choice',
        prompt: {
          en: 'What will training do to the scales of this only branch?',
          zh: '训练会怎样改变这唯一分支的缩放系数？',
        },
        options: [
          option('stay', 'They stay at 1', '保持为 1', [
            { value: farthest('first'), below: 0.01 },
            { value: farthest('last'), below: 0.01 },
          ]),
          option('move', 'They fall or rise by some per cent', '会升降百分之几', [
            { value: farthest('last'), atLeast: 0.01 },
          ]),
          option('first', 'Only the first layers’ move', '只有前几层的会变', [
            { value: farthest('first'), atLeast: 0.01 },
            { value: farthest('last'), below: 0.01 },
          ]),
        ],
      },
      do: { kind: 'run', query: LONE, recording: 'lone-scale' },
      reveal: {
        text: {
          en: `A batch norm divides by the standard deviation of its input. If $s$ doubles, the standard deviation doubles too, and the output stays the same: $\\mathrm{BN}(s\\,u)=\\mathrm{BN}(u)$ for $s>0$. The loss does not depend on $s$, so its gradient is zero (up to the norm’s tiny $\\varepsilon$).

A single 3x3 branch with a scale is a plain network. **Row 1 of the study’s table** must therefore equal a plain network, except for the noise of seeds.`,
          zh: `批归一化会除以输入的标准差。$s$ 加倍，标准差也加倍，输出不变：当 $s>0$ 时 $\\mathrm{BN}(s\\,u)=\\mathrm{BN}(u)$。损失与 $s$ 无关，因此其梯度为零（除批归一化中极小的 $\\varepsilon$ 的影响外）。

单独的带缩放系数的 3x3 分支就是普通网络。因此**研究报告表格的第 1 行**与普通网络必定相等，只差随机种子的噪声。`,
        },
        rows: [
          row('Farthest from 1, first block', '与 1 的最大偏离，第一个块', farthest('first'), 'small'),
          row('Farthest from 1, middle block', '与 1 的最大偏离，中间块', farthest('middle'), 'small'),
          row('Farthest from 1, last block', '与 1 的最大偏离，最后一个块', farthest('last'), 'small'),
        ],
      },
    },
    {
      id: 'turning',
      title: { en: 'Three scales can only rotate', zh: '三个缩放系数只能转动' },
      part: 'conservation',
      text: {
        en: `Now all three branches with scales, without weight decay. Take the three scales of one channel as a vector $(s_3,s_1,s_I)$. Can training make all three smaller together?

The highlighted chart shows $\\sum s^2$ of every layer as a share of its start.`,
        zh: `现在三个分支都带缩放系数，没有权重衰减。把一个通道的三个缩放系数看作向量 $(s_3,s_1,s_I)$。训练能让三个数一起变小吗？

突出显示的图中画出每一层的 $\\sum s^2$ 与其初值之比。`,
      },
      question: {
        kind: 'choice',
        prompt: { en: 'In these 100 steps $\\sum s^2$ will …', zh: '在这 100 步内，$\\sum s^2$ 会……' },
        options: [
          option('falls', 'fall by more than a hundredth', '下降百分之一以上', [
            { value: squares('lowest', THREE), below: 0.99 },
          ]),
          option('stays', 'stay the same, or rise slightly', '保持不变，或略有上升', [
            { value: squares('lowest', THREE), atLeast: 0.99 },
            { value: squares('end', THREE), below: 1.1 },
          ]),
          option('grows', 'grow by more than a tenth', '增长十分之一以上', [
            { value: squares('end', THREE), atLeast: 1.1 },
          ]),
        ],
      },
      do: { kind: 'run', query: THREE, recording: 'three-scales' },
      reveal: {
        text: {
          en: `The batch norm after the sum depends only on the direction of the vector, not on its length. So for each channel

$$\\sum_b s_b\\,\\frac{\\partial L}{\\partial s_b}=0$$

The gradient is perpendicular to the vector: a step rotates the vector and, because it follows a tangent, makes it slightly longer. Without weight decay $\\sum s^2$ **never falls**. The lab checks this law at every measurement; the largest residual is given below.

If one branch falls here, another rises. Check for that before you call a falling curve a dip.`,
          zh: `求和之后的批归一化只取决于向量的方向，与长度无关。因此对每个通道有

$$\\sum_b s_b\\,\\frac{\\partial L}{\\partial s_b}=0$$

梯度与该向量垂直：每一步更新使它转动；又因为是沿切线走，长度会略微增加。没有权重衰减时，$\\sum s^2$ **从不下降**。实验室在每次测量时检验这一定律；最大的偏差列在下面。

这里如果一个分支下降，必有另一个上升。在把下降的曲线称为“下探”之前，先看看是不是这样。`,
        },
        rows: [
          row('Law: largest residual', '定律：最大残差', { of: 'law', law: 'rotation', run: THREE }, 'small'),
          row(
            'Σ s² at the end, first block',
            '结束时的 Σ s²，第一个块',
            squares('end', THREE, 'first'),
            'fixed',
          ),
          row('Σ s² at the end, last block', '结束时的 Σ s²，最后一个块', squares('end', THREE), 'fixed'),
        ],
      },
      notes: {
        en: `The mean of the scales can fall at constant $\\sum s^2$: when the scales of different channels spread, their mean gets smaller while their root mean square stays. That is why the charts offer RMS beside the mean.`,
        zh: `在 $\\sum s^2$ 不变的情况下，缩放系数的均值也可能下降：当不同通道的缩放系数分散开时，均值变小而均方根不变。因此图中除均值外还可以选择 RMS。`,
      },
    },
    {
      id: 'decay',
      title: { en: 'The rate of weight decay', zh: '权重衰减的速度' },
      part: 'conservation',
      text: {
        en: `What could make all three fall together is weight decay $\\lambda$ on the scales. It acts without any loss function:

$$\\sum s^2\\;\\propto\\;\\exp\\!\\Big(\\!-\\frac{2\\lambda}{1-\\mu}\\sum\\eta\\Big)$$

Here $\\lambda=0.005$, momentum $\\mu=0.9$, and the learning rate $\\eta$ falls from 0.3 to 0 along a cosine, so its sum over the steps is about $100\\cdot 0.15=15$.`,
        zh: `能让三者一起下降的，是作用在缩放系数上的权重衰减 $\\lambda$。它的作用与损失函数无关：

$$\\sum s^2\\;\\propto\\;\\exp\\!\\Big(\\!-\\frac{2\\lambda}{1-\\mu}\\sum\\eta\\Big)$$

这里 $\\lambda=0.005$，动量 $\\mu=0.9$，学习率 $\\eta$ 按余弦从 0.3 降到 0，总和约为 $100\\cdot 0.15=15$。`,
      },
      question: {
        kind: 'choice',
        prompt: {
          en: 'Calculate: what is left of $\\sum s^2$ after these 100 steps?',
          zh: '请计算：这 100 步之后 $\\sum s^2$ 还剩多少？',
        },
        options: [
          option('nearly-all', 'Nine tenths or more', '十分之九以上', [
            { value: squares('end', DECAY), atLeast: 0.9 },
          ]),
          option('half', 'About a half to three quarters', '约二分之一到四分之三', [
            { value: squares('end', DECAY), atLeast: 0.4, below: 0.9 },
          ]),
          option('quarter', 'About a quarter', '约四分之一', [
            { value: squares('end', DECAY), atLeast: 0.15, below: 0.4 },
          ]),
          option('nothing', 'Almost nothing', '几乎没有', [{ value: squares('end', DECAY), below: 0.15 }]),
        ],
      },
      do: { kind: 'run', query: DECAY, recording: 'decay' },
      reveal: {
        text: {
          en: `$\\exp(-2\\cdot0.005\\cdot15/0.1)=e^{-1.5}\\approx0.22$: about a quarter, so each scale is at about a half. All three branches fall smoothly at the same rate and do not recover.

This is how decay differs from the early dip: at the study’s $\\lambda=10^{-4}$ and learning rate 0.1 a scale needs $(1-\\mu)/(\\eta\\lambda)=10{,}000$ steps to fall to $1/e$. A dip within 50 steps must have another cause.`,
          zh: `$\\exp(-2\\cdot0.005\\cdot15/0.1)=e^{-1.5}\\approx0.22$：约四分之一，即每个缩放系数约为一半。三个分支以同样的速度平滑下降，并且不再回升。

衰减与早期下探就是这样区分的：在研究报告的 $\\lambda=10^{-4}$、学习率 0.1 下，一个缩放系数降到 $1/e$ 需要 $(1-\\mu)/(\\eta\\lambda)=10{,}000$ 步。50 步之内的下探另有原因。`,
        },
        rows: [
          row(
            'Predicted at the last measurement',
            '最后一次测量时的预测值',
            squares('predicted', DECAY),
            'fixed',
          ),
          row('Measured, first block', '实测，第一个块', squares('end', DECAY, 'first'), 'fixed'),
          row('Measured, last block', '实测，最后一个块', squares('end', DECAY), 'fixed'),
          row('Fall of 3x3, last block', '3x3 的降幅，最后一个块', fall('conv3x3', DECAY), 'percent'),
          row('Fall of 1x1, last block', '1x1 的降幅，最后一个块', fall('conv1x1', DECAY), 'percent'),
          row(
            'Fall of identity, last block',
            '恒等分支的降幅，最后一个块',
            fall('identity', DECAY),
            'percent',
          ),
        ],
      },
      notes: {
        en: `The measured share is slightly above the prediction: momentum needs some steps to reach its full effect, and every rotation makes the vector slightly longer.`,
        zh: `实测比例略高于预测：动量需要若干步才能充分起作用，而且每次转动都会使向量略微变长。`,
      },
    },
    {
      id: 'gamma',
      title: { en: 'Then where is the dip?', zh: '那么下探在哪里？' },
      part: 'chart-norm',
      text: {
        en: `Lesson 1 found the dip in the last block’s scales: the network shrinks its first logits, which are confident and wrong. In this block the branch scales cannot do that, as you have just seen. Is there a dip at all in the run *without* decay?`,
        zh: `第 1 课发现下探位于最后一个块的缩放系数：网络缩小最初那些自信而错误的 logits。而在这种块中，分支的缩放系数做不到这一点，如你刚才所见。在*没有*衰减的那次训练中，究竟有没有下探？`,
      },
      question: {
        kind: 'choice',
        prompt: {
          en: 'In the last block of the run without decay, what fell by 5 % or more?',
          zh: '在没有衰减的训练中，最后一个块里什么下降了 5 % 以上？',
        },
        options: [
          option('gamma', 'The gamma of the norm after the sum', '求和之后批归一化的 gamma', [
            { value: fall('norm', THREE), atLeast: 0.05 },
            { value: fall('identity', THREE), below: 0.05 },
          ]),
          option('identity', 'The identity’s scale', '恒等分支的缩放系数', [
            { value: fall('identity', THREE), atLeast: 0.05 },
          ]),
          option('nothing', 'Nothing; there is no dip', '什么都没有：不存在下探', [
            { value: fall('norm', THREE), below: 0.05 },
            { value: fall('identity', THREE), below: 0.05 },
          ]),
        ],
      },
      reveal: {
        text: {
          en: `The $\\gamma$ after the sum is the last multiplication before the classifier: through it the network shrinks its logits, whatever precedes it. A chart of the branch scales alone, as in the study, does not show it.`,
          zh: `求和之后的 $\\gamma$ 是分类器之前的最后一次乘法：网络正是通过它缩小 logits，无论前面是什么。如果像研究报告那样只画分支的缩放系数，在这里就看不到下探。`,
        },
        rows: [
          row('Gamma after the sum', '求和之后的 gamma', fall('norm', THREE), 'percent'),
          row('3x3 scale', '3x3 缩放系数', fall('conv3x3', THREE), 'percent'),
          row('1x1 scale', '1x1 缩放系数', fall('conv1x1', THREE), 'percent'),
          row('Identity scale', '恒等分支的缩放系数', fall('identity', THREE), 'percent'),
        ],
      },
    },
    {
      id: 'gain',
      title: { en: 'Easier to change a magnitude', zh: '更容易改变幅度' },
      part: 'settings-start',
      text: {
        en: `The study’s second conclusion: one scale per channel makes it easy for SGD to change the *magnitude* of a whole channel, and harder to change the relations *inside* a kernel. Consider the product $K=s\\,W$. With $G$ the gradient of $K$, one step on both factors changes it by

$$\\Delta K=-\\eta\\,\\big[\\,s^2G+W\\langle W,G\\rangle\\,\\big]$$

The tangential part of $G$, which rotates the kernel, is multiplied by $s^2$, the radial part by $s^2+\\lVert W\\rVert^2$. How much easier a change of the magnitude is depends on $\\lVert W\\rVert^2$, and therefore on the initial values of the kernels.`,
        zh: `研究报告的第二个结论：每个通道一个缩放系数，使 SGD 容易改变整个通道的*幅度*，而较难改变卷积核*内部*的关系。请看乘积 $K=s\\,W$。其中 $G$ 是 $K$ 的梯度，对两者各走一步，乘积的变化为

$$\\Delta K=-\\eta\\,\\big[\\,s^2G+W\\langle W,G\\rangle\\,\\big]$$

$G$ 的切向部分使卷积核转动，乘以 $s^2$；径向部分乘以 $s^2+\\lVert W\\rVert^2$。改变幅度容易多少，取决于 $\\lVert W\\rVert^2$，也就取决于卷积核的初始化。`,
      },
      question: {
        kind: 'choice',
        prompt: {
          en: 'With which initial values do scales favour changes of the magnitude more?',
          zh: '哪种初始化使缩放系数更偏向于改变幅度？',
        },
        options: [
          {
            id: 'default',
            text: {
              en: 'PyTorch’s default, uniform in ±1/√fan-in',
              zh: 'PyTorch 默认：±1/√fan-in 内均匀分布',
            },
          },
          option('he', 'He normal, variance 2/fan-in', 'He 正态：方差为 2/fan-in', true),
          option('same', 'It is the same', '两者相同'),
        ],
      },
      reveal: {
        text: {
          en: `A channel of a kernel has fan-in weights, so $\\lVert W\\rVert^2$ is fan-in times their variance: $1/3$ for PyTorch’s default, 2 for He normal. At scale 1 the radial gain is 4/3 of the tangential gain in the first case and 3 times the tangential gain in the second. The conclusion is true; how strong the effect is depends on the initial values.

The numbers below are of this lab’s initial kernels, averaged over layers.`,
          zh: `卷积核的一个通道有 fan-in 个权重，因此 $\\lVert W\\rVert^2$ 等于 fan-in 乘以权重的方差：PyTorch 默认为 $1/3$，He 正态为 2。缩放系数为 1 时，径向增益在前一种情形是切向增益的 4/3 倍，在后一种是 3 倍。结论成立，而效应的强弱取决于初始化。

下面的数值取自本实验室的初始卷积核，对各层平均。`,
        },
        rows: [
          row(
            '‖W‖², PyTorch’s default',
            '‖W‖²，PyTorch 默认',
            { of: 'kernel', what: 'square', query: THREE },
            'number',
          ),
          row(
            'Radial gain over tangential gain, default',
            '径向与切向增益之比，默认',
            { of: 'kernel', what: 'gain', query: THREE },
            'times',
          ),
          row('‖W‖², He normal', '‖W‖²，He 正态', { of: 'kernel', what: 'square', query: HE }, 'number'),
          row(
            'Radial gain over tangential gain, He',
            '径向与切向增益之比，He',
            { of: 'kernel', what: 'gain', query: HE },
            'times',
          ),
        ],
      },
      notes: {
        en: `*Settings, Initial values, Initial kernels* has both. The formula is one step of plain SGD to first order in $\\eta$: $\\Delta s=-\\eta\\langle W,G\\rangle$, $\\Delta W=-\\eta\\,sG$, and $\\Delta K\\approx s\\,\\Delta W+W\\,\\Delta s$. Before a batch norm a *single* kernel has $\\langle W,G\\rangle=0$, which is the first step of this lesson again; with several branches this does not hold.`,
        zh: `两种初始化都在*设置、初始值、卷积核初值*中。公式是普通 SGD 的一步，取 $\\eta$ 的一阶：$\\Delta s=-\\eta\\langle W,G\\rangle$，$\\Delta W=-\\eta\\,sG$，$\\Delta K\\approx s\\,\\Delta W+W\\,\\Delta s$。在批归一化之前，*单独*的卷积核有 $\\langle W,G\\rangle=0$，这就是本课的第一步；有多个分支时则不然。`,
      },
    },
  ],
};
