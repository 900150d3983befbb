import { describe, expect, test } from 'vitest';
import { presetById, valuesOf } from '../experiment/presets';
import { DEFAULT_EXPERIMENT } from '../experiment/settings';
import { InstrumentSeries } from '../instruments/series';
import type { InstrumentColumn } from '../instruments/measurement';
import { exampleRun } from './example-run';
import {
  channelFigure,
  costOf,
  decayLine,
  depthProfile,
  heatMap,
  instrumentCsv,
  layerLines,
  partsOf,
  restingLine,
} from './instrument-figures';
import { gridHeight, panelsOf, sixPanels, sixPanelsSummary } from './six-panels';

const column = (layer: number, more: Partial<InstrumentColumn>): InstrumentColumn => ({
  instrument: 'rms',
  quantity: 'rms',
  layer,
  part: 'all',
  copy: 0,
  ...more,
});

function measured() {
  const columns = [
    ...[0, 1, 2].map((layer) => column(layer, {})),
    ...[0, 1].map((channel) =>
      column(2, { instrument: 'channels', quantity: 'channel', part: 'conv3x3', channel }),
    ),
    column(0, { instrument: 'share', quantity: 'share', part: 'conv3x3' }),
    column(0, { instrument: 'share', quantity: 'share', part: 'identity' }),
  ];
  const instruments = new InstrumentSeries(columns);
  for (const step of [0, 10, 20]) {
    const values = Float32Array.from(columns, (_, k) => 1 + k + step);
    instruments.append({ step, values, milliseconds: { rms: 2, read: 4 } });
  }
  const experiment = { ...DEFAULT_EXPERIMENT, ...valuesOf(presetById('simplified')!), wd: 0.001 };
  return { ...exampleRun(3, 60), instruments, experiment, imagesPerSecond: 640, batch: 64 };
}

describe('the instruments’ figures', () => {
  const run = measured();

  test('draw one line per layer over the measured steps, relative to the start if requested', () => {
    const { data } = layerLines(run, { quantity: 'rms', part: 'all', yTitle: '', relative: true }, false);
    expect(data).toHaveLength(3);
    expect(data[1]).toMatchObject({ x: [0, 10, 20], name: 'Layer 2' });
    expect([...(data[1] as { y: Float32Array }).y]).toEqual([1, 6, 11]);
    expect(partsOf(run.instruments, 'share')).toEqual(['conv3x3', 'identity']);
  });

  test('draw the line of a theory only if its conditions hold', () => {
    expect(decayLine(run)!.values[0]).toBe(1);
    expect(decayLine(run)!.values[59]).toBeLessThan(1);
    expect(restingLine(run)!.values[0]).toBeCloseTo(Math.sqrt((2 * 0.1 * 0.001) / 1.9));
    const without = { ...run, experiment: { ...run.experiment, wd: 0 } };
    expect([decayLine(without), restingLine(without)]).toEqual([null, null]);
    expect(decayLine({ ...run, experiment: { ...run.experiment, decayScales: 'none' } })).toBeNull();
  });

  test('show every channel, a band and the mean of one layer', () => {
    const curve = run.curves.findIndex(({ layer, panel }) => layer === 2 && panel === 'conv3x3');
    const options = { dark: false, width: 600 };
    expect(channelFigure(run, curve, { ...options, each: true }).data).toHaveLength(8);
    expect(channelFigure(run, curve, { ...options, each: false }).data).toHaveLength(6);
  });

  test('show changes from the start by layer and step as a heat map', () => {
    const [map] = heatMap(run, 'conv3x3', false).data as unknown as {
      z: number[][];
      zmin: number;
      zmax: number;
    }[];
    expect(map!.z).toHaveLength(3);
    expect(map!.z[2]![0]).toBe(0);
    expect(map!.zmax).toBeCloseTo(0.28, 2);
    expect(map!.zmin).toBe(-map!.zmax);
  });

  test('draw profiles over the layers on a logarithmic axis', () => {
    const { data, layout } = depthProfile([{ name: 'a', rms: [1, 2, 4] }], true);
    expect(data[0]).toMatchObject({ x: [1, 2, 3], y: [1, 2, 4] });
    expect(layout.yaxis!.type).toBe('log');
  });

  test('report what measuring costs, and give the numbers as CSV', () => {
    // 64 images at 640 images/s are 100 ms per step, 1,000 ms between two measurements.
    expect(costOf(run, 'rms', 10)).toEqual({ milliseconds: 2, share: 0.002 });
    expect(costOf(run, 'updates', 10)).toBeNull();
    expect(instrumentCsv(run, ['share']).split('\r\n').slice(0, 2)).toEqual([
      'Step,share layer 1 conv3x3,share layer 1 identity',
      '0,6,7',
    ]);
  });
});

describe('six panels', () => {
  const runs = [
    { name: 'Factor k 2', run: exampleRun(3, 60) },
    { name: 'Factor k 1', run: exampleRun(4, 40) },
  ];

  test('are one for each branch and run, all on the same axes', () => {
    const { layout } = sixPanels(runs, { statistic: 'mean', width: 1200, dark: false });
    const axes = Object.entries(layout).filter(([key]) => /^[xy]axis/.test(key));
    expect(axes).toHaveLength(12);
    for (const letter of ['x', 'y']) {
      const ranges = axes
        .filter(([key]) => key.startsWith(letter))
        .map(([, axis]) => JSON.stringify((axis as { range: number[] }).range));
      expect(new Set(ranges).size, letter).toBe(1);
    }
  });

  test('are stacked by branch on a narrow page', () => {
    expect(gridHeight(runs, 1200)).toBeLessThan(gridHeight(runs, 400));
    expect(panelsOf(runs)).toEqual(['identity', 'conv1x1', 'conv3x3']);
  });

  test('have a summary for screen readers', () => {
    expect(sixPanelsSummary(runs, 'mean')).toMatch(
      /Factor k 2: last block, Identity falls by 28 % to step 37/,
    );
  });
});
