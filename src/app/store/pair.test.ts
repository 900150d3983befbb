import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { DEFAULT_EXPERIMENT } from '../../experiment/settings';
import type { RunEnd } from '../../training/protocol';
import { followPairs, panelAtStart, startWithBeside, usePair } from './pair';
import { useRun } from './run';

const source = { kind: 'builtin' } as const;
let stop: () => void;

/** A run store that starts runs without a worker. */
beforeEach(() => {
  let runs = 0;
  useRun.setState({
    run: null,
    status: 'idle',
    start: (experiment) =>
      useRun.setState({ run: { id: `run-${runs++}`, experiment, end: null } as never, status: 'running' }),
  });
  usePair.setState({ experiment: null, first: null, second: null, waiting: null });
  stop = followPairs();
});
afterEach(() => stop());

const end = async (how: RunEnd['how']) => {
  const run = { ...useRun.getState().run!, end: { how, step: 1, reason: '', digest: null } };
  useRun.setState({ run, status: 'ended' });
  await vi.waitFor(() => undefined);
};

describe('two runs', () => {
  test.each(['finished', 'diverged'] as const)(
    'go one after the other once the first has %s',
    async (how) => {
      startWithBeside(DEFAULT_EXPERIMENT, { factor: 1 }, source);
      expect(useRun.getState().run!.experiment.factor).toBe(2);
      await end(how);
      const { run } = useRun.getState();
      expect(run!.experiment.factor).toBe(1);
      expect(usePair.getState()).toMatchObject({ first: 'run-0', second: 'run-1', waiting: null });
      expect(panelAtStart(usePair.getState(), run)).toEqual(DEFAULT_EXPERIMENT);
    },
  );

  test('are called off by a stop, and by another run', async () => {
    startWithBeside(DEFAULT_EXPERIMENT, { factor: 1 }, source);
    await end('stopped');
    expect(useRun.getState().run!.id).toBe('run-0');
    startWithBeside(DEFAULT_EXPERIMENT, { factor: 1 }, source);
    useRun.getState().start(DEFAULT_EXPERIMENT, source);
    await end('finished');
    expect(useRun.getState().run!.id).toBe('run-2');
  });

  test('are one where nothing differs', () => {
    startWithBeside(DEFAULT_EXPERIMENT, { factor: 2 }, source);
    expect(usePair.getState().waiting).toBeNull();
  });
});
