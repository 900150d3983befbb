/** Messages as data: shown in the reader's language, kept with their English texts, and migrated from older English texts. */
import { afterEach, describe, expect, test } from 'vitest';
import { setLanguage, t } from './language';
import {
  inSentences,
  keptMessage,
  message,
  MessageError,
  messageInEnglish,
  messageOfKept,
  saidBy,
  verbatim,
  type Message,
} from './message';
import { keptMessageSchema, storedMessageSchema } from './message-schema';
import { errorText, messageText } from './message-text';
import { MESSAGES, type MessageId } from './messages';
import { messageOfOldText, oldTextOf } from './old-texts';
import OLD_TEXTS from './old-texts.json';

afterEach(() => setLanguage('en'));

const IDS = Object.keys(MESSAGES) as MessageId[];

describe('a message', () => {
  test('has an English text, and a Chinese one wherever there is something to translate', async () => {
    await setLanguage('zh');
    const translated = (id: MessageId) => /\p{Script=Han}/u.test(t(MESSAGES[id]));
    const untranslated = IDS.filter((id) => MESSAGES[id].trim() === '' || !translated(id));
    expect(untranslated).toEqual(['text', 'sentences', 'data.cifar100', 'study.b0-qarepvgg']);
  });

  test('is shown in the language that is being read, with its values and the messages that it quotes', async () => {
    const told = message('notice.queuePaused', {
      why: message('run.trainerDiedOf', { why: 'out of memory' }),
    });
    expect(messageText(told)).toBe(
      'The queue is paused: The trainer stopped unexpectedly: out of memory. Start again, or choose another backend in the settings.',
    );
    await setLanguage('zh');
    expect(messageText(told)).toMatch(/^队列已暂停：训练程序意外停止：out of memory。/);
    expect(messageInEnglish(told)).toMatch(/^The queue is paused: The trainer/);
  });

  test('of several sentences joins them as the language does', async () => {
    const told = inSentences([message('run.reset'), message('run.stopped', { step: 3 })]);
    expect(messageText(told)).toBe('Reset. Stopped after 3 steps.');
    await setLanguage('zh');
    expect(messageText(told)).not.toContain(' 已');
    expect(inSentences([message('run.reset')])).toEqual(message('run.reset'));
  });

  test('shows values as they are, whatever is in them', async () => {
    const typed = '{{text}} a user typed $t(Runs)';
    await setLanguage('zh');
    expect(messageText(verbatim(typed))).toBe(typed);
    expect(messageText(message('run.doesNotJoin', { why: typed }))).toContain(typed);
  });

  test('comes with an error, and an error without one is shown as it is', async () => {
    const error = new MessageError(message('kernel.memory', { size: '5.0' }));
    expect(error.message).toMatch(/need 5\.0 GB/);
    expect(saidBy(error)).toEqual(error.said);
    await setLanguage('zh');
    expect(errorText(error)).toContain('5.0 GB');
    expect(errorText(error)).not.toBe(error.message);
    expect(errorText(new Error('Out of paper.'))).toBe('Out of paper.');
    expect(errorText('no error')).toBe('no error');
  });
});

describe('a kept message', () => {
  const newer = {
    id: 'run.walked',
    values: { metres: 3, by: { id: 'dog', values: {} } },
    text: 'It walked 3 m.',
  };

  test('has its English text beside it, which is dropped in memory', () => {
    const told = message('run.finished', { steps: 8 });
    expect(keptMessage(told)).toEqual({ ...told, text: 'All 8 steps are done.' });
    expect(messageOfKept(keptMessage(told))).toEqual(told);
  });

  test('with an id that this lab does not know is shown as its English text, and is kept whole', async () => {
    await setLanguage('zh');
    const read = storedMessageSchema.parse(newer);
    expect(messageText(read)).toBe('It walked 3 m.');
    expect(keptMessage(read)).toEqual(newer);
    const quoting: Message = {
      id: 'answer.failed',
      values: { reason: { id: 'new', values: {} } },
      text: 'It did not work: New.',
    };
    expect(messageText(quoting)).toBe('It did not work: New.');
  });

  test('that lacks a value is shown as its English text', () => {
    expect(messageText({ id: 'run.finished', values: {}, text: 'All done.' })).toBe('All done.');
  });

  test.each([
    ['a number', 7],
    ['a message without its text', { id: 'run.reset', values: {} }],
    ['a value of another kind', { id: 'run.reset', values: { a: true }, text: '' }],
    ['a very long text', 'x'.repeat(3000)],
    [
      'messages that quote one another without end',
      Array.from({ length: 9 }).reduce<unknown>(
        (inner) => ({ id: 'a', values: { inner }, text: '' }),
        'innermost',
      ),
    ],
  ])('is refused where it is %s', (_, stored) => {
    expect(keptMessageSchema.safeParse(stored).success).toBe(false);
  });
});

/** What the lab of record version 2 wrote, and how it reads in Chinese. */
const OLD: readonly (readonly [string, string])[] = [
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
    'The loss stopped being finite at step 7: the activations of layer 3 are not finite, after layer 2, whose RMS is 2.00e+3. Lower the learning rate or the factor, or use a norm.',
    '损失在第 7 步不再是有限数：第 3 层的激活值不是有限数，而它之前第 2 层的均方根为 2.00e+3。请降低学习率或因子，或使用归一化。',
  ],
  ['Something that nobody foresaw.', 'Something that nobody foresaw.'],
  [
    'relaxed SIMD, 1 thread (the page is not cross-origin isolated)',
    '宽松 SIMD，1 个线程（页面未实现跨源隔离）',
  ],
  ['SIMD, 2 threads', 'SIMD，2 个线程'],
  ['google swiftshader (software), half precision', 'google swiftshader（软件实现），半精度'],
  ['NVIDIA H100', 'NVIDIA H100'],
  ['CIFAR-100, 25,000 of 50,000 training images', 'CIFAR-100，50,000 张训练图像中的 25,000 张'],
];

describe('an older English text', () => {
  test.each(OLD)('is migrated to the message that it was: %s', async (english, chinese) => {
    const told = messageOfOldText(english);
    expect(messageInEnglish(told)).toBe(english);
    expect(oldTextOf(told)).toBe(english);
    await setLanguage('zh');
    expect(messageText(told)).toBe(chinese);
  });

  test('has the id of a message that still exists, with the same values', () => {
    const namesIn = (text: string) => new Set(text.match(/\{\{\w+\}\}/g));
    for (const [id, text] of Object.entries(OLD_TEXTS)) {
      expect(IDS, text).toContain(id);
      expect(namesIn(MESSAGES[id as MessageId]), id).toEqual(namesIn(text));
    }
  });
});
