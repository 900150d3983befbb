/** Queries about the network of a run: between two steps, after the end, and if there is no network. */
import { message } from '../../language/message';
import { describe, expect, test } from 'vitest';
import { builtinDataset } from '../../data/builtin/builtin';
import { amongGuesses, confusionOf, scoresOf } from '../../instruments/answers';
import { activateBackend } from '../engines/backend';
import type { AnswersReport, FuseReport, RecognitionReport, Reply, WeightsReport } from '../protocol';
import { probe } from './probe';
import { losses, ofType, TINY, train } from './training-run.test-setup';

const NOT_MEASURED = { lastStep: -1, updates: null };

type Answered<Result> = Promise<{ reply: Reply<Result> }>;

describe('queries', () => {
  test('fuse gives the same function, and weights have PyTorch’s names, between two steps', async () => {
    let asked: [Answered<FuseReport>, Answered<WeightsReport>] | null = null;
    await train({ evalEvery: 0 }, (report, run) => {
      if (report.type === 'progress')
        asked ??= [
          run.answer({ type: 'fuse', runId: 'test' }),
          run.answer({ type: 'weights', runId: 'test', form: 'fused' }),
        ];
    });
    const [fuse, weights] = await Promise.all(asked!);
    const fused = fuse.reply.result!;
    expect(fused.images).toBe(100);
    expect(fused.largestDifference / fused.largestLogit).toBeLessThan(1e-4);
    expect(fused.fused.top1).toBe(fused.trained.top1);
    expect(fused.fused.parameters).toBeLessThan(fused.trained.parameters);
    const { tensors } = weights.reply.result!;
    expect(tensors.find(({ name }) => name === 'blocks.0.weight')!.shape).toEqual([4, 3, 3, 3]);
  });

  test('answers has the accuracy of the last evaluation, and the images of the mistakes', async () => {
    let asked: Answered<AnswersReport> | null = null;
    const reports = await train({}, (report, run) => {
      if (report.type === 'ended') asked = run.answer({ type: 'answers', runId: 'test' });
    });
    const { reply } = await asked!;
    const { step, answers, mistakes, pixels, coarseOf, fineNames } = reply.result!;
    const { top1, top5 } = ofType(reports, 'evaluation').at(-1)!.evaluation;
    const right = scoresOf(confusionOf(answers, 100)).reduce((sum, score) => sum + score.right, 0);
    const among = amongGuesses(answers, 100).reduce((sum, found) => sum + found, 0);
    expect(step).toBe(6);
    expect(right / 100).toBeCloseTo(top1, 9);
    expect(among / 100).toBeCloseTo(top5, 9);
    const { fineNames: names, test: set } = await builtinDataset('medium');
    expect(fineNames).toEqual(names);
    expect(coarseOf[set.fine[7]!]).toBe(set.coarse[7]);
    // The labels of the set are 0, 1, …, 99 in turn, so the 100 test images of the run are the first hundred.
    expect(mistakes.length).toBe(24);
    mistakes.forEach((place, i) => {
      expect(answers.classes[place]).toBe(set.fine[place]);
      expect(pixels.subarray(3072 * i, 3072 * (i + 1))).toEqual(
        set.images.subarray(3072 * place, 3072 * (place + 1)),
      );
    });
  });

  test('recognise classifies an image as the test does, between two steps and after the end', async () => {
    const { test: set } = await builtinDataset('medium');
    const picture = set.images.slice(0, 3072);
    const recognised: Answered<RecognitionReport>[] = [];
    let tested: Answered<AnswersReport> | null = null;
    const reports = await train({ evalEvery: 0 }, (report, run) => {
      const first = report.type === 'progress' && recognised.length === 0;
      if (first || report.type === 'ended')
        recognised.push(run.answer({ type: 'recognise', runId: 'test', pixels: picture }));
      if (report.type === 'ended') tested = run.answer({ type: 'answers', runId: 'test' });
    });
    const [between, after] = (await Promise.all(recognised)).map(({ reply }) => reply.result!);
    expect(between!.step).toBeLessThan(after!.step);
    expect(between!.names).toHaveLength(5);
    const { answers, fineNames } = (await tested!).reply.result!;
    expect(after!.names).toEqual([...answers.guesses.subarray(0, 5)].map((label) => fineNames[label]));
    after!.probabilities.forEach((p, i) => expect(p).toBeCloseTo(answers.probabilities[i]!, 5));
    expect(losses(reports)).toEqual(losses(await train({ evalEvery: 0 })));
  });

  test('reply with the reason where there is no result', async () => {
    let asked: Answered<FuseReport> | null = null;
    await train({ branchRelu: true, length: 1 }, (report, run) => {
      if (report.type === 'ready') asked = run.answer({ type: 'fuse', runId: 'test' });
    });
    expect((await asked!).reply).toEqual({ result: null, reason: message('fuse.relu') });
  });

  test('reply with the reason where the run failed before there was a network', async () => {
    let asked: Answered<AnswersReport> | null = null;
    const from = {
      checkpoint: { step: 99, values: new Map(), velocities: new Map(), instruments: NOT_MEASURED },
      as: 'branch',
      dataset: '',
    } as const;
    await train(
      {},
      (report, run) => {
        if (report.type === 'preparing') asked ??= run.answer({ type: 'answers', runId: 'test' });
      },
      false,
      from,
    );
    expect((await asked!).reply).toEqual({ result: null, reason: message('answer.noNetwork') });
  });
});

test('a probe measures how activations grow with depth before the first step', async () => {
  const { engine } = await activateBackend('wasm');
  const bounded = await probe(engine, {
    ...TINY,
    depths: [6],
    widths: [4],
    strides: [2],
    conv3x3: 'scale',
    norm: 'post',
    factor: 1,
  });
  const growing = await probe(engine, {
    ...TINY,
    depths: [6],
    widths: [4],
    strides: [2],
    conv1x1: 'off',
    identity: 'none',
    norm: 'none',
    factor: 2,
  });
  expect(bounded.rms).toHaveLength(6);
  expect(bounded.rms[5]! / bounded.rms[0]!).toBeLessThan(2);
  expect(growing.rms[5]! / growing.rms[0]!).toBeGreaterThan(20);
  expect(growing.logitStd).toBeGreaterThan(bounded.logitStd);
});
