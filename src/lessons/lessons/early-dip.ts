/** Lesson 1: the early dip. Observe it, predict the effect of factor 2, find the block in which it occurs, decide between four causes. */
import { option, row } from '../shorthands';
import type { LessonFile } from '../schema';

const ONE = '?v=1&factor=1';
const TWO = '?v=1&factor=2';
const OTHER_SEED = '?v=1&factor=2&seed=2';
/** By this step the fall of the last block's scale is over. */
const EARLY = 100;

const fall = (run: string, layer: 'first' | 'middle' | 'last' = 'last') =>
  ({ of: 'dip', what: 'depth', panel: 'identity', layer, within: EARLY, run }) as const;
const dip = (run: string, what: 'value' | 'step' | 'halfBack') =>
  ({ of: 'dip', what, panel: 'identity', run }) as const;

export const EARLY_DIP: LessonFile = {
  format: 'branch-lab-lesson',
  version: 1,
  id: 'early-dip',
  title: { en: 'The early dip', zh: '早期下探' },
  summary: {
    en: 'A branch’s scale falls in the first tens of steps and comes back. See it, predict it, and find out why.',
    zh: '分支的缩放系数在最初几十步内下降，随后回升。观察它、预测它，并找出原因。',
  },
  minutes: [10, 15],
  steps: [
    {
      id: 'block',
      title: { en: 'Three branches and their scales', zh: '三个分支及其缩放系数' },
      part: 'block',
      text: {
        en: `A RepVGG block adds up three branches: a 3x3 convolution, a 1x1 convolution and the identity, each with a batch norm of its own:

$$y=\\mathrm{ReLU}\\big(k\\,[\\mathrm{BN}(W_3*x)+\\mathrm{BN}(W_1*x)+\\mathrm{BN}(x)]\\big)$$

The last thing a batch norm does is to multiply each channel by a learned number, its $\\gamma$. In this lesson that is the branch’s **scale**. All scales start at 1, so any change of a curve is an effect of training.

$k$ is a constant factor. A study of 2021 set it to 2 and saw all scales drop suddenly at the start and slowly come back. You will repeat that here, with a network of 11 layers.`,
        zh: `RepVGG 块把三个分支相加：3x3 卷积、1x1 卷积和恒等映射，每个分支各有一个批归一化：

$$y=\\mathrm{ReLU}\\big(k\\,[\\mathrm{BN}(W_3*x)+\\mathrm{BN}(W_1*x)+\\mathrm{BN}(x)]\\big)$$

批归一化的最后一步，是把每个通道乘以一个可学习的数 $\\gamma$。本课把它称为分支的**缩放系数**。所有缩放系数都从 1 开始，因此曲线的任何变化都是训练造成的。

$k$ 是一个常数因子。2021 年的一份研究将其设为 2，观察到各缩放系数在训练开始时突然下降，然后缓慢回升。你将在这里用一个 11 层的网络重现这一现象。`,
      },
      notes: {
        en: `Ask what a scale of 0 and a scale of 2 would mean for a branch before going on. The identity exists only in blocks that keep their shape (same channels, stride 1): 8 of the 11 here.

The results of the following runs are deliberately not given here: each laptop measures its own. On WebAssembly all of them get the same numbers to the last bit, on a GPU nearly the same.`,
        zh: `继续之前，可以先问：缩放系数为 0 或为 2，对一个分支意味着什么？恒等分支只存在于形状不变（通道数相同、步幅为 1）的块中：这里是 11 个块中的 8 个。

这里有意不给出后面训练的数值：每台电脑自己测量。在 WebAssembly 上，所有电脑得到的数值逐位相同；在 GPU 上则几乎相同。`,
      },
    },
    {
      id: 'see-it',
      title: { en: 'See it', zh: '观察下探' },
      part: 'chart-identity',
      text: {
        en: `First with $k=1$. The run has 400 steps of 64 images, at a high learning rate (0.3, falling to 0 along a cosine) and without weight decay.

Before you start it, draw how you expect the **identity’s scale in the last block** to go, on average over its channels. It starts at 1.`,
        zh: `先取 $k=1$。训练共 400 步，每步 64 张图像，学习率较高（0.3，按余弦降到 0），没有权重衰减。

开始之前，请画出你预计**最后一个块中恒等分支的缩放系数**（对各通道取平均）会怎样变化。它从 1 开始。`,
      },
      question: {
        kind: 'curve',
        prompt: {
          en: 'Draw the scale from the first to the last step.',
          zh: '画出缩放系数从第一步到最后一步的变化。',
        },
        x: { label: { en: 'Step', zh: '步' }, min: 0, max: 399 },
        y: { label: { en: 'Scale', zh: '缩放系数' }, min: 0.5, max: 1.5 },
        start: 1,
        panel: 'identity',
        run: ONE,
      },
      do: { kind: 'run', query: ONE, recording: 'early-dip-1' },
      reveal: {
        text: {
          en: `This is the early dip: within the first tens of steps the scale falls, then it comes back, here even above 1. The distance of your curve from it is given above; you could not have known it from the formula. Note the *time*: the fall is over within the first quarter of the steps.`,
          zh: `这就是早期下探：缩放系数在最初几十步内下降，然后回升，在这里甚至超过了 1。你的曲线与它相差多少，写在上面；单凭公式是看不出来的。值得注意的是*时间*：全部步数还没过四分之一，下降就结束了。`,
        },
        rows: [
          row('Depth of the dip', '下探深度', fall(ONE), 'percent'),
          row('Half of it back at step', '回升一半时的步', dip(ONE, 'halfBack'), 'step'),
        ],
      },
      notes: {
        en: `Show a few of the drawn curves before anyone presses Reveal. Most people draw a flat line or a slow rise: both are sensible, because nothing in the formula requires a fall.

The run takes some ten seconds on two idle processor cores; students may watch the thick orange line, the last block.`,
        zh: `在按“揭晓”之前，先展示几位同学画的曲线。多数人会画一条水平线或缓慢上升的线：两者都合理，因为公式本身并不要求下降。

在两个空闲的处理器核上，训练约需十几秒；学生可以观察橙色粗线，即最后一个块。`,
      },
    },
    {
      id: 'factor-two',
      title: { en: 'Predict: factor 2', zh: '预测：因子取 2' },
      part: 'chart-identity',
      text: {
        en: `Now the study’s change: $k=2$, everything else as before. Every block’s output is doubled before its ReLU. What does it do to the dip of the same scale?`,
        zh: `现在做研究报告中的改动：$k=2$，其余不变。每个块的输出在 ReLU 之前加倍。同一个缩放系数的下探会怎样？`,
      },
      question: {
        kind: 'choice',
        prompt: {
          en: 'With factor 2 the dip of the last block’s identity is …',
          zh: '因子取 2 时，最后一个块恒等分支的下探会……',
        },
        options: [
          option('deeper', 'deeper, by more than a tenth of itself', '更深，超过原来的十分之一', [
            { value: { of: 'ratio', a: fall(TWO), b: fall(ONE) }, atLeast: 1.1 },
          ]),
          option('shallower', 'shallower, by more than a tenth of itself', '更浅，超过原来的十分之一', [
            { value: { of: 'ratio', a: fall(TWO), b: fall(ONE) }, below: 0.9 },
          ]),
          option('same', 'about the same', '大致相同', [
            { value: { of: 'ratio', a: fall(TWO), b: fall(ONE) }, atLeast: 0.9, below: 1.1 },
          ]),
        ],
      },
      do: { kind: 'run', query: TWO, recording: 'early-dip' },
      reveal: {
        text: {
          en: `The six panels at the top show both runs on the same axes. The factor doubles the output of the last block, and with it the first **logits**, the numbers that become probabilities in the softmax. Keep that in mind: the next steps ask for the cause.`,
          zh: `上方的六幅图在相同的坐标轴上显示两次训练。该因子使最后一个块的输出加倍，从而使最初的 **logits**（经 softmax 变为概率的数值）也加倍。请记住这一点：接下来的步骤会问到原因。`,
        },
        rows: [
          row('Depth with factor 1', '因子为 1 时的深度', fall(ONE), 'percent'),
          row('Depth with factor 2', '因子为 2 时的深度', fall(TWO), 'percent'),
          row('Lowest scale with factor 2', '因子为 2 时的最低值', dip(TWO, 'value'), 'fixed'),
          row('At step', '所在的步', dip(TWO, 'step'), 'step'),
          row(
            'Spread of the first logits, factor 1',
            '最初 logits 的标准差，因子为 1',
            { of: 'series', name: 'logitStd', at: 'first', run: ONE },
            'number',
          ),
          row(
            'Spread of the first logits, factor 2',
            '最初 logits 的标准差，因子为 2',
            { of: 'series', name: 'logitStd', at: 'first', run: TWO },
            'number',
          ),
        ],
      },
    },
    {
      id: 'which-block',
      title: { en: 'In which block does it occur?', zh: '下探发生在哪个块？' },
      part: 'dips',
      text: {
        en: `The charts have one line per layer; colour shows depth. The study explained the dip by depth: if every layer doubles its output, the output grows exponentially, and the whole net must first shrink it. If that were the reason, which blocks’ identity scales should fall within the first ${EARLY} steps?

Decide before you look at the list below the charts.`,
        zh: `图中每层一条线，颜色表示深度。研究报告用深度来解释下探：如果每层都把输出加倍，输出就会随深度指数增长，整个网络必须先把它缩小。如果真是这样，哪些块的恒等缩放系数应当在最初 ${EARLY} 步内下降？

看图下方的列表之前，请先作出判断。`,
      },
      question: {
        kind: 'choice',
        prompt: {
          en: `In the run with factor 2, whose identity scale falls most within the first ${EARLY} steps?`,
          zh: `在因子为 2 的训练中，最初 ${EARLY} 步内哪里的恒等缩放系数下降最多？`,
        },
        options: [
          {
            id: 'last',
            text: {
              en: 'The last block’s',
              zh: '最后一个块',
            },
            when: [
              { value: { of: 'difference', a: fall(TWO), b: fall(TWO, 'first') }, atLeast: 0.02 },
              { value: { of: 'difference', a: fall(TWO), b: fall(TWO, 'middle') }, atLeast: 0.02 },
            ],
          },
          option('first', 'The first block’s', '第一个块', [
            { value: { of: 'difference', a: fall(TWO, 'first'), b: fall(TWO) }, atLeast: 0.001 },
          ]),
          option('all', 'All blocks’, about alike', '所有块大致相同', [{ value: fall(TWO), atLeast: 0 }]),
        ],
      },
      reveal: {
        text: {
          en: `The dip is deepest in the **last** block, and the middle of the net hardly moves, so the output is not reduced layer by layer. With the built-in drawings the first block hardly moves either; with real images it falls too, but less, because it adapts to the pixels. (Press a branch in the list to highlight its curve.)`,
          zh: `下探在**最后一个**块最深，而网络中部几乎不动，因此输出并不是逐层缩小的。用内置图形训练时，第一个块也几乎不动；用真实图像训练时，它也会下降，但较少：它需要适应像素。（在列表中按一个分支，它的曲线就会突出显示。）`,
        },
        rows: [
          row('First block', '第一个块', fall(TWO, 'first'), 'percent'),
          row('Middle block', '中间的块', fall(TWO, 'middle'), 'percent'),
          row('Last block', '最后一个块', fall(TWO), 'percent'),
        ],
      },
      notes: {
        en: `Later in the run other layers fall too (the 3x3 scales of the first layers, for instance): that is another, slower movement. The question is about the first ${EARLY} steps.

With batch norm after or in the branches, activations do not grow with depth at all: lesson 4 shows it.`,
        zh: `训练后期其他层也会下降（例如前几层的 3x3 缩放系数）：那是另一种较慢的变化。这里只问最初 ${EARLY} 步。

只要求和之后或分支之内有批归一化，激活值就不会随深度增长：第 4 课会演示这一点。`,
      },
    },
    {
      id: 'causes',
      title: { en: 'Decide between four causes', zh: '在四种原因中作出判断' },
      part: 'chart-logitStd',
      text: {
        en: `Four things can make scales fall:

- **Decay**: weight decay pulls every scale towards 0, in proportion to $\\exp(-\\lambda\\sum\\eta/(1-\\mu))$.
- **Rotation**: before a common batch norm only the ratio of the scales counts; one falls because another rises.
- **Growth**: activations grow with depth and must be shrunk.
- **Logits**: a random network produces random but confident logits. Making them smaller lowers the loss fastest, and the scales of the last block can do that. As features become useful, the scales recover.

Look at the spread of the logits in the first 50 steps, then decide.`,
        zh: `有四种因素可能使缩放系数下降：

- **衰减**：权重衰减把每个缩放系数拉向 0，其时间规律为 $\\exp(-\\lambda\\sum\\eta/(1-\\mu))$。
- **旋转**：在共同的批归一化之前，只有各缩放系数之比起作用；一个下降，是因为另一个上升。
- **增长**：激活值随深度增长，必须缩小。
- **Logits**：随机网络给出随机却自信的 logits；缩小它们能使损失下降最快，而最后一个块的缩放系数正好可以做到这一点。等特征变得有用，缩放系数便回升。

请看最初 50 步内 logits 的标准差，然后作出判断。`,
      },
      question: {
        kind: 'choice',
        prompt: {
          en: 'Which cause do the measurements of the run with factor 2 support?',
          zh: '因子为 2 的训练，其测量结果支持哪种原因？',
        },
        options: [
          option('logits', 'Shrinking the first logits', '缩小最初的 logits', [
            { value: { of: 'cause', cause: 'logits', run: TWO }, atLeast: 0.75 },
          ]),
          option('decay', 'Decay on the scales', '缩放系数的衰减', [
            { value: { of: 'cause', cause: 'decay', run: TWO }, atLeast: 0.75 },
          ]),
          option('rotation', 'Rotation between the branches', '分支之间的旋转', [
            { value: { of: 'cause', cause: 'rotation', run: TWO }, atLeast: 0.75 },
          ]),
          option('growth', 'Growth of the activations with depth', '激活值随深度增长', [
            { value: { of: 'cause', cause: 'growth', run: TWO }, atLeast: 0.75 },
          ]),
          option('none', 'None of the four for sure', '四者都不能确定', [
            { value: { of: 'steps', run: TWO }, atLeast: 0 },
          ]),
        ],
      },
      reveal: {
        text: {
          en: `There was no weight decay in this run, with a batch norm in each branch there is no rotation, and the activations do not grow. What remains is visible in the chart: while the scale falls, the spread of the logits falls by more than half, and both come back. (If the finding is *undecided*, as it is with seed 1 on real images, the first block fell as well: then shrinking the logits is not the only effect.)

So the study’s observation and the first half of its explanation hold (“the net quickly lowers its output”). The second half, exponential growth with depth, is not needed. *Dips and their cause* below the charts has the numbers behind each finding.`,
          zh: `这次训练没有权重衰减；每个分支各有批归一化，因此不存在旋转；激活值也没有增长。剩下的正是图中所示：缩放系数下降的同时，logits 的标准差降低了一半以上，随后两者一起回升。（如果判断为“未定”，例如真实图像上的种子 1，说明第一个块也下降了：此时缩小 logits 并不是全部原因。）

因此研究报告的观察以及其解释的前半句（“网络迅速降低自己的输出”）成立；后半句，即随深度指数增长，则并不需要。图下方的*下探及其原因*列出了每项判断背后的数值。`,
        },
        rows: [
          row(
            'Shrinking the first logits',
            '缩小最初的 logits',
            { of: 'cause', cause: 'logits', run: TWO },
            'finding',
          ),
          row('Decay', '衰减', { of: 'cause', cause: 'decay', run: TWO }, 'finding'),
          row('Rotation', '旋转', { of: 'cause', cause: 'rotation', run: TWO }, 'finding'),
          row('Growth with depth', '随深度增长', { of: 'cause', cause: 'growth', run: TWO }, 'finding'),
          row(
            'Spread of the logits at step 0',
            '第 0 步 logits 的标准差',
            { of: 'series', name: 'logitStd', at: 'first', run: TWO },
            'number',
          ),
          row(
            `Its lowest value in ${EARLY} steps`,
            `${EARLY} 步内的最低值`,
            { of: 'series', name: 'logitStd', at: 'lowest', within: EARLY, run: TWO },
            'number',
          ),
          row(
            'At step',
            '所在的步',
            { of: 'series', name: 'logitStd', at: 'lowestStep', within: EARLY, run: TWO },
            'step',
          ),
        ],
      },
      notes: {
        en: `The verdict applies written rules of thumb to one run. It helps to read the charts and is not a proof; the last step is about this. With weight decay 1e-4 at learning rate 0.1 the decay has a time constant of 10,000 steps: far too slow for a dip within 50.`,
        zh: `判断是把写明的经验规则应用于一次训练的结果，只是阅读上的辅助，不是证明；最后一步正是讨论这一点。权重衰减为 1e-4、学习率为 0.1 时，衰减的时间常数为 10,000 步：对 50 步内的下探来说太慢了。`,
      },
    },
    {
      id: 'again',
      title: { en: 'One run is a hypothesis', zh: '一次训练只是一个假设' },
      part: 'chart-identity',
      text: {
        en: `All of this was observed with one seed. Another seed gives other initial weights and another order of the images. Run factor 2 again with seed 2. Is there a dip again?`,
        zh: `以上一切都只在一个随机种子下观察到。换一个种子，初始权重和图像顺序都会不同。请用种子 2 再次训练因子为 2 的网络。还会有下探吗？`,
      },
      question: {
        kind: 'choice',
        prompt: {
          en: 'With seed 2 the last block’s identity falls by …',
          zh: '用种子 2 时，最后一个块的恒等缩放系数下降……',
        },
        options: [
          option('little', 'less than 5 %', '不到 5 %', [{ value: fall(OTHER_SEED), below: 0.05 }]),
          option('much', '5 % or more', '5 % 或更多', [{ value: fall(OTHER_SEED), atLeast: 0.05 }]),
        ],
      },
      do: { kind: 'run', query: OTHER_SEED, recording: 'other-seed' },
      reveal: {
        text: {
          en: `Two seeds that agree support the hypothesis better than one, and are still no proof: the depth differs from seed to seed. The view *Sweeps* runs as many seeds as you like and gives a mean with its spread.

**Conclusion**: the dip is early, it is deepest in the last block, a factor of 2 deepens it, and it coincides with the shrinking of the first logits.`,
          zh: `两个种子结果一致，这比一个种子的假设更可靠，但仍不是证明：深度随种子而异。*参数扫描*视图可以运行任意多个种子，并给出均值及其离散程度。

**结论**：下探发生在训练初期，在最后一个块最深，因子 2 使其加深，并且与最初 logits 的缩小同时发生。`,
        },
        rows: [
          row('Depth with seed 1', '种子 1 的深度', fall(TWO), 'percent'),
          row('Depth with seed 2', '种子 2 的深度', fall(OTHER_SEED), 'percent'),
          row('Lowest at step, seed 1', '种子 1 的最低步', dip(TWO, 'step'), 'step'),
          row('Lowest at step, seed 2', '种子 2 的最低步', dip(OTHER_SEED, 'step'), 'step'),
        ],
      },
    },
  ],
};
