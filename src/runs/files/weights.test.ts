import { describe, expect, test } from 'vitest';
import { message } from '../../language/message';
import { DEFAULT_EXPERIMENT } from '../../experiment/settings';
import { experimentFromQuery } from '../../experiment/url';
import { randomValues } from '../../network/fuse.test-values';
import { planNetwork } from '../../network/plan-network';
import type { Checkpoint } from '../../training/checkpoint';
import { readSafetensors } from '../../training/formats/safetensors';
import { exampleState } from '../example-state';
import { aboutOf, readAbout, runOf } from './safetensors-metadata';
import { fileStem, fileStems } from './file-names';
import { weightsFile } from './weights';

const SMALL = { depths: [1, 1], widths: [3, 4], strides: [2, 1] };
const plan = planNetwork({ ...DEFAULT_EXPERIMENT, ...SMALL });
const run = { ...exampleState({ experiment: { ...SMALL, seed: 4 } }), name: 'quiet otter', plan, end: null };
const checkpoint: Checkpoint = {
  step: 60,
  values: randomValues(plan),
  velocities: new Map(
    plan.parameters.map(({ name, shape }) => [name, new Float32Array(shape.reduce((a, b) => a * b, 1))]),
  ),
  instruments: { lastStep: -1, updates: null },
};

describe('the weights of a stored run', () => {
  test('have PyTorch’s names and layout, and name their run', () => {
    const { metadata, tensors } = readSafetensors(weightsFile(run, checkpoint, 'trained', '1.2').file!);
    expect(tensors.get('blocks.1.conv.conv3x3.weight')!.shape).toEqual([4, 3, 3, 3]);
    const about = readAbout(metadata)!;
    expect(about).toMatchObject({
      form: 'trained',
      name: 'quiet otter',
      run: 'a',
      step: '60',
      dataset: '00',
      app: '1.2',
    });
    expect(experimentFromQuery(about.query).experiment).toEqual(run.experiment);
  });

  test('fused have one kernel and one bias per layer, or a reason why there is no fused form', () => {
    const { tensors } = readSafetensors(weightsFile(run, checkpoint, 'fused', '1').file!);
    expect([...tensors.keys()].toSorted()).toEqual([
      'blocks.0.bias',
      'blocks.0.weight',
      'blocks.1.bias',
      'blocks.1.weight',
      'head.bias',
      'head.weight',
    ]);
    const experiment = { ...run.experiment, branchRelu: true };
    const other = { ...run, experiment, plan: planNetwork(experiment) };
    expect(weightsFile(other, checkpoint, 'fused', '1')).toMatchObject({
      file: null,
      reason: message('fuse.relu'),
    });
  });

  test('alone become a run whose first step is theirs', () => {
    const { metadata } = readSafetensors(weightsFile(run, checkpoint, 'checkpoint', '1').file!);
    const again = runOf(readAbout(metadata)!);
    expect(again).toMatchObject({
      id: 'a',
      name: 'quiet otter',
      totalSteps: 60,
      batch: 64,
      end: null,
      dataset: run.dataset,
    });
    expect([again.series.first, again.series.count]).toEqual([60, 60]);
    expect(again.experiment).toEqual(run.experiment);
  });

  test('whose metadata is damaged are refused with the place', () => {
    const about = aboutOf(run, 'trained', 60, '1');
    const damaged = (changes: Record<string, string>) => new Map(Object.entries({ ...about, ...changes }));
    expect(() => readAbout(damaged({ step: '-1' }))).toThrow('at step, expected a whole number');
    expect(() => readAbout(damaged({ name: '' }))).toThrow('at name');
    expect(() => runOf(readAbout(damaged({ details: '{"createdAt":' }))!)).toThrow('no JSON');
    expect(() => runOf(readAbout(damaged({ details: '{}' }))!)).toThrow('at createdAt');
    expect(readAbout(new Map([['format', 'pt']]))).toBeNull();
  });
});

test('file names are safe on every system, and no two the same', () => {
  expect(fileStem('quiet otter')).toBe('quiet-otter');
  expect(fileStem('../../etc/passwd')).toBe('etc-passwd');
  expect(fileStem('CON')).toBe('run-CON');
  expect(fileStem('<img src=x> "\u0000"')).toBe('img-src-x');
  expect(fileStem('…')).toBe('run');
  expect(fileStem('Ä'.repeat(300)).length).toBe(40);
  expect(fileStems(['a b', 'A B', 'a-b'])).toEqual(['a-b', 'A-B-2', 'a-b-3']);
});
