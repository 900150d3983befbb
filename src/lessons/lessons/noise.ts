/** Lesson 5: is it better, or is it noise? The study's seven rows, seeds and spreads, and which conclusions are justified. */
import { STUDY_SECTIONS } from '../../experiment/study';
import { option, row } from '../shorthands';
import type { LessonFile } from '../schema';

/** A network so small that a run takes seconds; tested on all 2,000 test images, so that testing adds little noise. */
const NET =
  'depths=2,2,2&widths=8,16,32&strides=2,2,2&difficulty=easy&factor=1&length=200&evalEvery=0&test=0';
const REPVGG = `?v=1&preset=repvgg&${NET}`;
const PLAIN = `?v=1&preset=plain&${NET}`;
const EARLIER = { query: REPVGG, seeds: [1, 2, 3] };
const LATER = { query: REPVGG, seeds: [4, 5, 6] };
const OTHER = { query: PLAIN, seeds: [1, 2, 3] };

/** The study's published rows of RepVGG-A0, in its order. */
const ROWS = STUDY_SECTIONS.find(({ id }) => id === 'a0')!.rows.map(
  ({ published }) => published.top1 as number,
);
const shown = (line: number) => ROWS[line - 1]!.toFixed(2);
/** Span of rows 2 to 7. */
const SPAN = (Math.max(...ROWS.slice(1)) - Math.min(...ROWS.slice(1))).toFixed(2);

type Group = typeof EARLIER;
const mean = (group: Group) => ({ of: 'group', what: 'mean', group }) as const;
const deviation = (group: Group) => ({ of: 'group', what: 'deviation', group }) as const;
const between = (what: 'difference' | 'low' | 'high', a: Group, b: Group) =>
  ({ of: 'between', what, a, b }) as const;

export const NOISE: LessonFile = {
  format: 'branch-lab-lesson',
  version: 1,
  id: 'noise',
  title: { en: 'Is it better, or is it noise?', zh: '是更好，还是噪声？' },
  summary: {
    en: 'Seven rows, one seed each. First measure how much repetitions of the same experiment differ, then judge a difference.',
    zh: '七行数据，每行一个随机种子。先测量同一实验重复几次会相差多少，再判断一个差值有多大意义。',
  },
  minutes: [8, 14],
  steps: [
    {
      id: 'rows',
      title: { en: 'The study’s seven rows', zh: '研究报告的七行数据' },
      part: 'study',
      text: {
        en: `The view beside this text has the study’s table: top-1 of RepVGG-A0 on ImageNet, 120 epochs, one run per row. In short:

- row 1, 3x3 alone: **${shown(1)}**
- row 2, with identity, 6x bias lr and 2x scale: **${shown(2)}**; row 3, the 1x1 branch, too: **${shown(3)}**
- row 4, as row 3 without 2x scale: **${shown(4)}**; row 5, without 6x bias lr, too: **${shown(5)}**
- row 6, identity, nothing else: **${shown(6)}**; row 7, the same with 6x bias lr: **${shown(7)}**

The author of RepVGG calls differences of 0.2 points normal noise on ImageNet.`,
        zh: `旁边的视图中是研究报告的表格：RepVGG-A0 在 ImageNet 上训练 120 轮的 top-1，每行只训练一次。简要如下：

- 第 1 行，只有 3x3：**${shown(1)}**
- 第 2 行，带恒等分支、6 倍偏置学习率、2 倍放大：**${shown(2)}**；第 3 行，再加 1x1 分支：**${shown(3)}**
- 第 4 行，同第 3 行但没有 2 倍放大：**${shown(4)}**；第 5 行，再去掉 6 倍偏置学习率：**${shown(5)}**
- 第 6 行，只带恒等分支：**${shown(6)}**；第 7 行，同上并带 6 倍偏置学习率：**${shown(7)}**

RepVGG 的作者认为，在 ImageNet 上 0.2 个百分点的差别属于正常噪声。`,
      },
      question: {
        kind: 'choice',
        prompt: { en: 'What does this table alone show?', zh: '仅凭这张表，能说明什么？' },
        options: [
          {
            id: 'identity',
            text: {
              en: 'That the identity branch helps, and little else',
              zh: '恒等分支有帮助；此外说明不了什么',
            },
            right: true,
          },
          option('scale', 'That 2x scale harms (row 3 below row 4)', '2 倍放大有害（第 3 行低于第 4 行）'),
          {
            id: 'bias',
            text: {
              en: 'That 6x bias lr harms (row 7 below row 6)',
              zh: '6 倍偏置学习率有害（第 7 行低于第 6 行）',
            },
          },
          {
            id: 'narrow',
            text: {
              en: 'That the 1x1 branch helps (row 3 above row 2)',
              zh: '1x1 分支有帮助（第 3 行高于第 2 行）',
            },
          },
        ],
      },
      reveal: {
        text: {
          en: `Rows 2 to 7 all have the identity and span ${SPAN} points: about twice the noise mentioned above, over six rows with one seed each. Row 1, without the identity, is below all of them. And the rows contradict each other: 6x bias lr goes with ${shown(4)} over ${shown(5)} in rows 4 and 5, and with ${shown(7)} under ${shown(6)} in rows 7 and 6.

The study also called the 1x1 branch harmful, and its own B0 rows (74.60 and 74.55 with it, 74.13 and 74.19 without) say the opposite. How large *is* the noise? Measure it.`,
          zh: `第 2 至 7 行都有恒等分支，相差 ${SPAN} 个百分点：约为所谓噪声的两倍，而六行各只有一个种子。没有恒等分支的第 1 行低于所有其他行。而且各行相互矛盾：6 倍偏置学习率在第 4、5 行对应 ${shown(4)} 高于 ${shown(5)}，在第 7、6 行却对应 ${shown(7)} 低于 ${shown(6)}。

研究报告还认为 1x1 分支有害，而它自己的 B0 数据（有它时 74.60 和 74.55，没有时 74.13 和 74.19）说明的正好相反。噪声究竟*有多大*？来测量一下。`,
        },
      },
    },
    {
      id: 'twice',
      title: { en: 'The same experiment twice', zh: '同一实验做两遍' },
      text: {
        en: `A small RepVGG net, 200 steps on the easy drawings, tested on all 2,000 test images. Six seeds, in two groups: 1 to 3 and 4 to 6. Both groups are **the same experiment**, so any difference of their means is noise.`,
        zh: `一个小的 RepVGG 网络，在简单图形上训练 200 步，用全部 2,000 张测试图像测试。六个种子分为两组：1 至 3 和 4 至 6。两组是**同一个实验**，因此均值之差完全是噪声。`,
      },
      question: {
        kind: 'choice',
        prompt: { en: 'By how much will the means of the two groups differ?', zh: '两组均值会相差多少？' },
        options: [
          option('tiny', 'By less than 0.2 points', '不到 0.2 个百分点', [
            { value: between('difference', EARLIER, LATER), atLeast: -0.2, below: 0.2 },
          ]),
          option('one', 'By 0.2 to 1 point', '0.2 到 1 个百分点', [
            { value: between('difference', EARLIER, LATER), atLeast: -1, below: 1 },
          ]),
          option('more', 'By a point or more', '1 个百分点以上', [{ value: mean(EARLIER), atLeast: 0 }]),
        ],
      },
      do: {
        kind: 'seeds',
        groups: [
          { label: { en: 'RepVGG, seed', zh: 'RepVGG，种子' }, ...EARLIER },
          { label: { en: 'RepVGG again, seed', zh: 'RepVGG 第二组，种子' }, ...LATER },
        ],
      },
      reveal: {
        text: {
          en: `Only the seed was changed, and still one group is “better”. Short runs of small networks scatter far more than 120 epochs on ImageNet; the principle is the same. Compare a difference with the standard deviation over seeds: if it is much smaller, it means nothing.

The interval is Welch’s 95 % interval of the difference. If it contains 0, the data do not distinguish the groups.`,
          zh: `除种子外什么都没变，却仍有一组“更好”。小网络的短时训练比 ImageNet 上的 120 轮训练分散得多，道理却是一样的。差值要与种子间的标准差相比：如果远小于标准差，就毫无意义。

区间是差值的 95 % Welch 置信区间。如果它包含 0，数据就不能把两组区分开。`,
        },
        rows: [
          row('Mean, seeds 1–3', '均值，种子 1–3', mean(EARLIER), 'points'),
          row('Deviation, seeds 1–3', '标准差，种子 1–3', deviation(EARLIER), 'points'),
          row('Mean, seeds 4–6', '均值，种子 4–6', mean(LATER), 'points'),
          row('Deviation, seeds 4–6', '标准差，种子 4–6', deviation(LATER), 'points'),
          row('Difference', '差值', between('difference', EARLIER, LATER), 'points'),
          row('Interval from', '区间下限', between('low', EARLIER, LATER), 'points'),
          row('Interval to', '区间上限', between('high', EARLIER, LATER), 'points'),
        ],
      },
      notes: {
        en: `About one pair in twenty will have an interval without 0 although nothing differs: that is what 95 % means. If it happens in class, it is a good example.

All laptops on WebAssembly get the same six numbers; on GPUs they may differ a little.`,
        zh: `大约每二十对中会有一对，尽管没有任何差别，区间却不含 0：这正是 95 % 的含义。如果课堂上恰好出现，那就是一个好例子。

所有使用 WebAssembly 的电脑得到的六个数相同；在 GPU 上可能略有差别。`,
      },
    },
    {
      id: 'two-blocks',
      title: { en: 'Two different blocks', zh: '两种不同的块' },
      text: {
        en: `Now a real change: the plain block against RepVGG, seeds 1 to 3 each, with the same network, steps and images. RepVGG’s runs are already available.`,
        zh: `现在做一个真正的改动：普通块对 RepVGG，各用种子 1 至 3，网络、步数和图像都相同。RepVGG 的训练已经有了。`,
      },
      question: {
        kind: 'choice',
        prompt: { en: 'With three seeds each, the lab will find …', zh: '各用三个种子，实验室会得出……' },
        options: [
          option('repvgg', 'RepVGG better: the interval is above 0', 'RepVGG 更好：区间在 0 之上', [
            { value: between('low', EARLIER, OTHER), atLeast: 1e-9 },
          ]),
          {
            id: 'plain',
            text: {
              en: 'the plain block better: the interval is below 0',
              zh: '普通块更好：区间在 0 之下',
            },
            when: [{ value: between('high', EARLIER, OTHER), below: 0 }],
          },
          option('undecided', 'no decision: the interval contains 0', '无法判断：区间包含 0', [
            { value: between('low', EARLIER, OTHER), below: 1e-9 },
          ]),
        ],
      },
      do: {
        kind: 'seeds',
        groups: [
          { label: { en: 'RepVGG, seed', zh: 'RepVGG，种子' }, ...EARLIER },
          { label: { en: 'Plain, seed', zh: '普通块，种子' }, ...OTHER },
        ],
      },
      reveal: {
        text: {
          en: `Read the interval, not the difference. Whatever it shows holds for *this* network, 200 steps, these images and this learning rate; longer training may give another result. “Not distinguished” does not mean “equal”; it means that these seeds are not enough to decide.`,
          zh: `要看区间，而不是差值。而且无论它说明什么，都只针对*这个*网络、200 步、这些图像和这个学习率；训练更久，结果可能不同。“未能区分”不等于“相等”，只表示这些种子不足以判断。`,
        },
        rows: [
          row('Mean, RepVGG', '均值，RepVGG', mean(EARLIER), 'points'),
          row('Mean, plain', '均值，普通块', mean(OTHER), 'points'),
          row('Deviation, RepVGG', '标准差，RepVGG', deviation(EARLIER), 'points'),
          row('Deviation, plain', '标准差，普通块', deviation(OTHER), 'points'),
          row('Difference', '差值', between('difference', EARLIER, OTHER), 'points'),
          row('Interval from', '区间下限', between('low', EARLIER, OTHER), 'points'),
          row('Interval to', '区间上限', between('high', EARLIER, OTHER), 'points'),
        ],
      },
    },
    {
      id: 'more-seeds',
      title: { en: 'The effect of more seeds', zh: '增加种子的作用' },
      text: {
        en: `The 95 % interval of a mean of $n$ seeds with standard deviation $s$ is

$$\\bar x\\pm t_{n-1}\\,\\frac{s}{\\sqrt n}$$

With few seeds Student’s $t$ is large as well: 12.7 for two seeds, 4.3 for three, 2.3 for ten, about 2 for many.`,
        zh: `$n$ 个种子的均值，标准差为 $s$，其 95 % 置信区间为

$$\\bar x\\pm t_{n-1}\\,\\frac{s}{\\sqrt n}$$

种子少时，学生分布的 $t$ 也大：两个种子为 12.7，三个为 4.3，十个为 2.3，很多时约为 2。`,
      },
      question: {
        kind: 'choice',
        prompt: {
          en: 'You have many seeds already, and want the interval half as wide. How many do you need?',
          zh: '已经有很多种子，想让区间宽度减半。需要多少个种子？',
        },
        options: [
          option('twice', 'Twice as many', '两倍'),
          option('four', 'Four times as many', '四倍', true),
          option('same', 'The same number of longer runs', '同样多、但训练更久的种子'),
        ],
      },
      reveal: {
        text: {
          en: `Four times: the width is proportional to $1/\\sqrt n$. From two seeds to three it falls much faster, because $t$ falls from 12.7 to 4.3. That is why the lab shows no rank with fewer than three seeds per row.`,
          zh: `四倍：宽度与 $1/\\sqrt n$ 成正比。从两个种子到三个则缩小得快得多，因为 $t$ 从 12.7 降到 4.3。因此每行少于三个种子时，实验室不给出名次。`,
        },
      },
    },
    {
      id: 'conclude',
      title: { en: 'Conclusions', zh: '结论' },
      part: 'study',
      text: {
        en: `In short:

- One seed is a hypothesis. Three are a beginning.
- A mean says little without its spread.
- Do not rank within the spread: if the interval of a difference contains 0, two rows are in the same tier.
- Of many comparisons, one in twenty is wrong by chance.
- State what was compared: the network, the recipe, the images, the number of steps.

The view *Study* runs every row with as many seeds as you like and ranks only rows that can be distinguished. By the study’s own evidence, only the identity branch clearly helps.`,
        zh: `要点：

- 一个种子只是一个假设，三个才是开始。
- 只给均值而不给离散程度，说明不了多少问题。
- 在离散范围之内不排名次：如果差值的区间包含 0，两行就属于同一档。
- 比较多了，平均每二十个就有一个纯属偶然。
- 要说明比较的是什么：网络、训练方案、图像、步数。

*研究*视图可以用任意多个种子运行每一行，并且只对能够区分的行排名。就研究报告自己的证据而言，只有恒等分支明显有帮助。`,
      },
    },
  ],
};
