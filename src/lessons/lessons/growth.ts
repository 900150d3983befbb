/** Lesson 4: where activations grow. Probes of four families over depth (T4), and where the study's explanation of the dip can hold. */
import { option, row } from '../shorthands';
import type { LessonFile } from '../schema';
import type { Text } from '../localised-text';

/** 30 blocks of one width: nothing but the depth changes the activations. */
const DEEP = 'depths=30&widths=8&strides=1';
const FAMILIES = [
  { preset: 'simplified', name: { en: 'Batch norm after the sum', zh: '求和之后批归一化' } },
  {
    preset: 'repvgg',
    name: { en: 'RepVGG: a batch norm in each branch', zh: 'RepVGG：每个分支各有批归一化' },
  },
  { preset: 'identity-past-norm', name: { en: 'Identity past the norm', zh: '恒等分支绕过归一化' } },
  { preset: 'no-norm', name: { en: 'No norm at all', zh: '完全没有归一化' } },
] as const;
type Family = (typeof FAMILIES)[number]['preset'];

const deep = (preset: Family, factor: 1 | 2) => `?v=1&preset=${preset}&factor=${factor}&${DEEP}`;
const CASES = FAMILIES.flatMap(({ preset, name }) =>
  ([1, 2] as const).map((factor) => ({
    label: { en: `${name.en}, k = ${factor}`, zh: `${name.zh}，k = ${factor}` } satisfies Text,
    query: deep(preset, factor),
  })),
);
const probe = (preset: Family, factor: 1 | 2, what: 'first' | 'last' | 'growth' | 'logitStd') =>
  ({ of: 'probe', what, query: deep(preset, factor) }) as const;

/** Growth factor per layer from which on growth counts as exponential. */
const EXPONENTIAL = 1.5;
const grows = (preset: Family) => ({ value: probe(preset, 2, 'growth'), atLeast: EXPONENTIAL });
const holds = (preset: Family) => ({ value: probe(preset, 2, 'growth'), below: EXPONENTIAL });

const TRAINED = '?v=1&preset=no-norm&factor=2&lr=0.01&length=100&evalEvery=100';

export const GROWTH: LessonFile = {
  format: 'branch-lab-lesson',
  version: 1,
  id: 'growth',
  title: { en: 'Where activations grow', zh: '激活值在哪里增长' },
  summary: {
    en: 'A factor of 2 in every block: in which networks does the output explode with depth, and in which does it only double once?',
    zh: '每个块都乘以 2：在哪些网络中输出会随深度爆炸，在哪些网络中总共只放大 2 倍？',
  },
  minutes: [6, 10],
  steps: [
    {
      id: 'families',
      title: { en: 'Four families, 30 layers', zh: '四类网络，30 层' },
      part: 'activations',
      text: {
        en: `The study’s explanation of its dip: a factor $k=2$ in every layer makes the initial output grow exponentially with depth, so the network first shrinks it. $2^{30}$ is about one billion.

Four ways to build a block, all with factor $k$:

- one **batch norm after the sum** of scaled branches (the study’s own block);
- **RepVGG**: a batch norm in each branch;
- convolutions in a batch norm, and the **identity past the norm**;
- **no norm** at all.

No training is needed: the lab sends noise of RMS 1 through the untrained network and measures every layer’s root mean square. Decide first.`,
        zh: `研究报告这样解释下探：每层的因子 $k=2$ 使初始输出随深度指数增长，因此网络先要把它缩小。$2^{30}$ 约为十亿。

构造块的四种方式，都带因子 $k$：

- 各带缩放系数的分支求和之后用一个**批归一化**（研究报告自己的块）；
- **RepVGG**：每个分支各有批归一化；
- 卷积经过批归一化，而**恒等分支绕过归一化**；
- **完全没有归一化**。

不需要训练：实验室让均方根为 1 的噪声通过未训练的网络，测量每一层的均方根（RMS）。请先作出判断。`,
      },
      question: {
        kind: 'choice',
        prompt: {
          en: 'With $k=2$, activations grow exponentially with depth in …',
          zh: '当 $k=2$ 时，激活值随深度指数增长的是……',
        },
        options: [
          {
            id: 'all',
            text: { en: 'all four families', zh: '全部四类' },
            when: FAMILIES.map(({ preset }) => grows(preset)),
          },
          {
            id: 'two',
            text: {
              en: 'the last two: identity past the norm, and no norm',
              zh: '后两类：恒等分支绕过归一化、没有归一化',
            },
            when: [holds('simplified'), holds('repvgg'), grows('identity-past-norm'), grows('no-norm')],
          },
          option('one', 'the last one only: no norm', '只有最后一类：没有归一化', [
            holds('simplified'),
            holds('repvgg'),
            holds('identity-past-norm'),
            grows('no-norm'),
          ]),
          option('none', 'none of them', '都不会', [holds('no-norm')]),
        ],
      },
      do: { kind: 'probe', cases: CASES },
      reveal: {
        text: {
          en: `A batch norm normalises its output whatever its input. So if *every* path to the next layer goes through a batch norm, the next layer removes the factor: the RMS is about the same in layer 30 as in layer 1. If a path bypasses the norms, each layer multiplies again, and the RMS grows like $k^{30}$.

*Set up* next to a case shows its curve over depth in the highlighted chart.`,
          zh: `无论输入多大，批归一化都会把输出恢复到固定大小。因此，如果通往下一层的*每条*路径都经过批归一化，因子在下一层就被抹去：第 30 层的 RMS 与第 1 层差不多。如果有路径绕过归一化，每层都会再乘一次，于是按 $k^{30}$ 增长。

按某一项旁边的“设置”，突出显示的图中就会画出它随深度的曲线。`,
        },
        rows: CASES.map(({ label, query }) => ({
          label: { en: `RMS in layer 30: ${label.en}`, zh: `第 30 层 RMS：${label.zh}` },
          value: { of: 'probe' as const, what: 'last' as const, query },
          format: 'number' as const,
        })),
      },
      notes: {
        en: `With $k=1$ the last two families grow as well, but slowly: in each layer an identity adds the variance of its input.

The values depend on the width and depth of the network; which families explode does not.`,
        zh: `当 $k=1$ 时，后两类也会增长，但很慢：恒等分支在每层都加上其输入的方差。

数值随网络的宽度和深度而异；哪些类别会爆炸，则不变。`,
      },
    },
    {
      id: 'once',
      title: { en: 'What is left of the factor', zh: '因子还剩下什么' },
      part: 'activations',
      text: {
        en: `In the study’s own block the batch norm follows the sum, and $k$ follows the batch norm. There are 30 layers, each doubled. How do the last activations with $k=2$ compare with those with $k=1$?`,
        zh: `在研究报告自己的块中，批归一化在求和之后，$k$ 又在其后。30 层，每层都加倍。$k=2$ 时最后的激活值与 $k=1$ 时相比如何？`,
      },
      question: {
        kind: 'choice',
        prompt: { en: 'In layer 30 the RMS with $k=2$ is …', zh: '第 30 层中，$k=2$ 的 RMS 是……' },
        options: [
          option('same', 'the same: the norms remove the factor', '相同：归一化把它消去', [
            {
              value: { of: 'ratio', a: probe('simplified', 2, 'last'), b: probe('simplified', 1, 'last') },
              below: 1.5,
            },
          ]),
          option('twice', 'twice as large, once', '两倍，仅一次', [
            {
              value: { of: 'ratio', a: probe('simplified', 2, 'last'), b: probe('simplified', 1, 'last') },
              atLeast: 1.5,
              below: 2.5,
            },
          ]),
          option('more', 'far more than twice as large', '远不止两倍', [
            {
              value: { of: 'ratio', a: probe('simplified', 2, 'last'), b: probe('simplified', 1, 'last') },
              atLeast: 2.5,
            },
          ]),
        ],
      },
      do: { kind: 'probe', cases: CASES.slice(0, 4) },
      reveal: {
        text: {
          en: `Only the **last** block’s factor reaches the classifier: the next batch norm cancels all others. So $k=2$ doubles the activations before the classifier, and with them the part of the logits that depends on the image. It changes nothing else. (The spread of all logits grows by less, because the classifier’s biases do not double.)

Larger first logits are a reason for a deeper dip in the **last** block. That is what lesson 1 measured; exponential growth is not needed for it, and here there is none.`,
          zh: `只有**最后一个**块的因子能到达分类器：其他的都被下一个批归一化抵消。因此 $k=2$ 使分类器之前的激活值变为 2 倍，logits 中由图像决定的部分也随之加倍，此外什么都不改变。（全部 logits 的标准差增长得少一些，因为分类器的偏置没有加倍。）

更大的初始 logits 正是**最后一个**块下探更深的原因。第 1 课测到的就是这一点；这并不需要指数增长，而这里也没有指数增长。`,
        },
        rows: [
          row('RMS in layer 30, k = 1', '第 30 层 RMS，k = 1', probe('simplified', 1, 'last'), 'number'),
          row('RMS in layer 30, k = 2', '第 30 层 RMS，k = 2', probe('simplified', 2, 'last'), 'number'),
          row(
            'Ratio',
            '比值',
            { of: 'ratio', a: probe('simplified', 2, 'last'), b: probe('simplified', 1, 'last') },
            'times',
          ),
          row(
            'The same for RepVGG',
            'RepVGG 的比值',
            { of: 'ratio', a: probe('repvgg', 2, 'last'), b: probe('repvgg', 1, 'last') },
            'times',
          ),
          row(
            'Spread of the logits, k = 1',
            'logits 的标准差，k = 1',
            probe('simplified', 1, 'logitStd'),
            'number',
          ),
          row(
            'Spread of the logits, k = 2',
            'logits 的标准差，k = 2',
            probe('simplified', 2, 'logitStd'),
            'number',
          ),
        ],
      },
    },
    {
      id: 'explode',
      title: { en: 'Train a network whose activations grow', zh: '训练一个激活值会增长的网络' },
      part: 'chart-loss',
      text: {
        en: `Now train the family without norms with $k=2$: the lab’s usual 11 layers, and a learning rate of 0.01, thirty times smaller than in lesson 1. 100 steps are planned. What will happen?`,
        zh: `现在训练没有归一化、$k=2$ 的网络：实验室常用的 11 层，学习率 0.01，是第 1 课的三十分之一。计划 100 步。会发生什么？`,
      },
      question: {
        kind: 'choice',
        prompt: { en: 'The run …', zh: '这次训练……' },
        options: [
          {
            id: 'learns',
            text: {
              en: 'shrinks its outputs within some tens of steps and trains to the end',
              zh: '用几十步缩小输出，然后训练到底',
            },
            when: [{ value: { of: 'steps', run: TRAINED }, atLeast: 100 }],
          },
          option('diverges', 'ends early: its numbers become infinite', '提前结束：数值变为无穷大', [
            { value: { of: 'steps', run: TRAINED }, below: 100 },
          ]),
        ],
      },
      do: { kind: 'run', query: TRAINED, recording: 'growing' },
      reveal: {
        text: {
          en: `The first loss is enormous, because the logits are; its gradients are larger still, and the first steps move the weights very far. There is no time for a dip and a recovery. (The lab stops a run whose loss is no longer finite, and names the layer where it began.)`,
          zh: `最初的损失极大，因为 logits 极大；梯度更大，最初几步就使权重偏离到极远处。根本来不及下探和回升。（当损失不再是有限数时，实验室会停止训练，并指出从哪一层开始。）`,
        },
        rows: [
          row(
            'Spread of the first logits',
            '最初 logits 的标准差',
            { of: 'series', name: 'logitStd', at: 'first', run: TRAINED },
            'number',
          ),
          row(
            'First loss (guessing would be 4.6)',
            '最初的损失（随机猜测为 4.6）',
            { of: 'series', name: 'loss', at: 'first', run: TRAINED },
            'number',
          ),
          row('Steps made', '完成的步数', { of: 'steps', run: TRAINED }, 'step'),
        ],
      },
    },
    {
      id: 'verdict',
      title: { en: 'Where the explanation can hold', zh: '这一解释在哪里成立' },
      text: {
        en: `Combine what you have measured. The study’s block, in which it saw the dip, has a batch norm after the sum.`,
        zh: `把你测到的结果综合起来。研究报告观察到下探的块，在求和之后有批归一化。`,
      },
      question: {
        kind: 'choice',
        prompt: {
          en: '“The output grows exponentially with depth, so the net first shrinks it” can explain a dip …',
          zh: '“输出随深度指数增长，因此网络先要缩小它”能够解释下探的是……',
        },
        options: [
          option('study', 'in the study’s block', '研究报告的块'),
          option('all', 'in every block with k = 2', '所有 k = 2 的块'),
          {
            id: 'past',
            text: {
              en: 'only if a path bypasses the norms, or there are no norms',
              zh: '只有存在绕过归一化的路径、或没有归一化的情形',
            },
            right: true,
          },
        ],
      },
      reveal: {
        text: {
          en: `Only in the last two of the four families. For the study’s block, the *observation* is right, and so is the first half of the explanation, that the network quickly lowers its output: the logits, in the last block. There is no exponential growth.

An explanation can be wrong although the phenomenon is real. That is why the lab measures RMS by depth, the logits’ spread and the scales at the same time.`,
          zh: `只在四类中的后两类成立。对于研究报告的块，其*观察*是对的，前半句“网络迅速降低自己的输出”也是对的：降低的是最后一个块处的 logits。指数增长并不存在。

解释可能是错的，而被解释的现象是真实的。正因如此，实验室同时测量各层的 RMS、logits 的标准差和缩放系数。`,
        },
      },
    },
  ],
};
