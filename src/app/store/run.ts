/**
 * The run that is going on or has just ended, the second run where there is one, and the worker that trains both
 * alternately. Series grow in typed arrays outside React; `revision` is raised when they have grown, at most five times per
 * second.
 */
import { create, type StateCreator } from 'zustand';
import type { DataSource } from '../../data/dataset';
import type { Experiment } from '../../experiment/settings';
import { t, workerName } from '../../language/language';
import { message, saidBy, type Message } from '../../language/message';
import { nameOf } from '../../runs/run-names';
import type { Origin, RunState } from '../../runs/record';
import { RunSeries } from '../../runs/series';
import { InstrumentSeries } from '../../instruments/series';
import type { Command, Query, Reply, ResultOf, RunEnd, StartedRun } from '../../training/protocol';
import { historyWriter, type HistoryWriter } from './history-writer';
import { TrainingClient, type ReportOfRun, type TrainingWorker } from './training-client';

export type RunStatus = 'idle' | 'preparing' | 'running' | 'paused' | 'ended';

/** Whether a run is being prepared, is training or is paused. */
export const isGoingOn = ({ status }: { status: RunStatus }): boolean =>
  status !== 'idle' && status !== 'ended';

/** Least time between two redraws, in ms. */
export const REVISION_INTERVAL = 200;

/** Number of ended runs that this page keeps in memory for comparison. */
export const KEPT_RUNS = 12;

/** What is to be trained, and on what. */
export interface Start extends Omit<StartedRun, 'runId'> {
  /** Where a branched run comes from; the worker's report completes it. */
  origin?: Omit<Origin, 'fresh'>;
  /** The sweep that the run belongs to. */
  sweep?: string;
  /** The run to resume, without what it recorded after its checkpoint. */
  resumed?: RunState;
}

export interface RunStore {
  /** The run that charts and instruments show. */
  run: RunState | null;
  /** The other run of a pair. */
  beside: RunState | null;
  /** Ids of the first and the second run; null where there is one run. */
  pair: readonly [string, string] | null;
  /** The experiment of the settings panel when the run, or the pair, was started. */
  started: Experiment | null;
  /** Runs that ended with at least one recorded step, oldest first. The shown run is one of them once it has ended. */
  kept: readonly RunState[];
  /** Raised when a run's series or evaluations have grown. */
  revision: number;
  /** The status of both runs together: ended when both have ended. */
  status: RunStatus;
  /** What the worker is preparing, for the status line. */
  preparing: Message | null;
  /** Loads a data set in the worker, so that a start does not wait for it. */
  prepare: (source: DataSource) => void;
  /** Starts a run, and a second one where it is given; runs that are going on end. */
  start: (first: Start, second?: Start | null) => void;
  /** Shows the other run of a pair. */
  swap: () => void;
  pause: () => void;
  resume: () => void;
  /** One step of the runs that are going on, then pause. Where there are none, starts `first` and `second` and makes their first step. */
  step: (first?: Start, second?: Start | null) => void;
  /** Slow motion: the most steps per second that each run makes; null at full speed. */
  stepsPerSecond: number | null;
  setPace: (stepsPerSecond: number | null) => void;
  /** Ends the runs; what is recorded stays. */
  stop: () => void;
  /** Asks every run that is going on for a checkpoint. */
  checkpoint: () => void;
  /** Shows a run that is not going on, such as one of the history. Does nothing while runs are going on. */
  show: (run: RunState) => void;
  /** Renames a run. */
  rename: (id: string, name: string) => void;
  /** Ends the runs and shows none. */
  reset: () => void;
  /** Asks the worker something; rejects where it ends before it has answered. */
  ask: <Q extends Query>(query: Q) => Promise<Reply<ResultOf<Q>>>;
}

const makeRunId = () =>
  globalThis.crypto?.randomUUID?.() ??
  `run-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 10)}`;

function newRunState({ experiment, origin, sweep, resumed }: Start): RunState {
  if (resumed) return { ...resumed, end: null };
  const id = makeRunId();
  return {
    id,
    name: nameOf(id),
    origin: origin ? { ...origin, fresh: [] } : null,
    sweep: sweep ?? null,
    experiment,
    createdAt: new Date().toISOString(),
    environment: null,
    plan: null,
    curves: [],
    dataset: null,
    totalSteps: 0,
    stepsPerEpoch: 0,
    batch: experiment.batch,
    series: new RunSeries(0),
    instruments: new InstrumentSeries(),
    evaluations: [],
    imagesPerSecond: 0,
    end: null,
  };
}

/** The store's logic. `makeWorker` is called at the first request and after a worker has ended; `history` stores the runs. */
export const runStore =
  (makeWorker: () => TrainingWorker, history: HistoryWriter): StateCreator<RunStore> =>
  (set, get) => {
    let stepWhenReady = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let lastRevision = -Infinity;
    /** Status of each run of the last start. */
    const statuses = new Map<string, Exclude<RunStatus, 'idle'>>();
    const commonStatus = (): RunStatus => {
      const all = [...statuses.values()];
      const alive = all.filter((status) => status !== 'ended');
      if (alive.length === 0) return all.length > 0 ? 'ended' : 'idle';
      return alive.find((status) => status !== 'paused') ?? 'paused';
    };
    /** A run without an end is not always going on: it may have been interrupted in an earlier visit, and only be shown. */
    const isAlive = ({ id, end: how }: RunState) => how === null && statuses.get(id) !== 'ended';
    const runOf = (id: string) => [get().run, get().beside].find((run) => run?.id === id) ?? null;
    const withValues = (id: string, values: Partial<RunState>): Partial<RunStore> => {
      const { run, beside } = get();
      return {
        ...(run?.id === id && { run: { ...run, ...values } }),
        ...(beside?.id === id && { beside: { ...beside, ...values } }),
      };
    };
    const update = (id: string, values: Partial<RunState>) => set(withValues(id, values));
    const revise = () => {
      clearTimeout(timer);
      timer = undefined;
      lastRevision = Date.now();
      set(({ revision }) => ({ revision: revision + 1 }));
    };
    const reviseSoon = () => {
      if (timer !== undefined) return;
      const wait = lastRevision + REVISION_INTERVAL - Date.now();
      if (wait <= 0) revise();
      else timer = setTimeout(revise, wait);
    };
    const end = (id: string, how: RunEnd) => {
      statuses.set(id, 'ended');
      const status = commonStatus();
      if (status === 'ended') stepWhenReady = false;
      const ended = { ...runOf(id)!, end: how };
      set(({ kept }) => ({
        ...withValues(id, { end: how }),
        status,
        preparing: null,
        ...(ended.series.count > 0 && { kept: [...kept, ended].slice(-KEPT_RUNS) }),
      }));
      history.ended(ended);
      revise();
    };
    /** Ends the runs that are going on in the history, at the step that they have reached. */
    const drop = (reason: Message) => {
      for (const one of [get().run, get().beside]) {
        if (!one || !isAlive(one)) continue;
        const { count } = one.series;
        history.ended({ ...one, end: { how: 'stopped', step: count, reason, digest: null } });
      }
    };
    const receive = (report: ReportOfRun) => {
      const run = runOf(report.runId);
      if (!run || run.end) return;
      switch (report.type) {
        case 'environment':
          return update(run.id, { environment: report.environment });
        case 'preparing':
          return set({ preparing: report.what });
        case 'ready': {
          const { plan, curves, columns, dataset, totalSteps, stepsPerEpoch, batch, firstStep, fresh } =
            report;
          const goesOn = run.plan !== null;
          update(run.id, {
            plan,
            curves,
            dataset,
            totalSteps,
            stepsPerEpoch,
            batch,
            origin: goesOn ? run.origin : run.origin && { ...run.origin, fresh },
            ...(!goesOn && {
              series: new RunSeries(curves.length, firstStep),
              instruments: new InstrumentSeries(columns),
            }),
          });
          return revise();
        }
        case 'state':
          statuses.set(run.id, report.state);
          set({ status: commonStatus(), preparing: null });
          if (get().status === 'paused') {
            if (stepWhenReady) send({ type: 'step' });
            stepWhenReady = false;
          }
          return;
        case 'progress':
          try {
            run.series.append(report.chunk);
            report.measurements.forEach((measurement) => run.instruments.append(measurement));
          } catch (error) {
            return client.end(message('run.doesNotJoin', { why: saidBy(error) }));
          }
          // Read by the header at the next revision only, so the object may stay the same until then.
          run.imagesPerSecond = report.imagesPerSecond;
          return reviseSoon();
        case 'evaluation':
          update(run.id, { evaluations: [...run.evaluations, report.evaluation] });
          return reviseSoon();
        case 'checkpoint':
          return history.checkpoint(run, report.checkpoint);
        case 'ended':
          return end(run.id, report.end);
        default:
          return report satisfies never;
      }
    };

    const client = new TrainingClient(makeWorker, {
      started: (worker) => {
        const { stepsPerSecond } = get();
        if (stepsPerSecond !== null) worker.postMessage({ type: 'pace', stepsPerSecond });
      },
      report: receive,
      died: (reason) => {
        for (const run of [get().run, get().beside])
          if (run && isAlive(run))
            end(run.id, { how: 'failed', step: run.series.count, reason, digest: null });
      },
    });
    const send = (command: Command) => client.sendIfAlive(command);

    const start = (first: Start, second: Start | null, paused: boolean) => {
      drop(message('run.otherRun'));
      const run = newRunState(first);
      const beside = second && newRunState(second);
      stepWhenReady = paused;
      clearTimeout(timer);
      timer = undefined;
      statuses.clear();
      for (const one of [run, beside]) if (one) statuses.set(one.id, 'preparing');
      set(({ revision }) => ({
        run,
        beside,
        pair: beside && [run.id, beside.id],
        started: first.experiment,
        status: 'preparing',
        preparing: message('preparing.start'),
        revision: revision + 1,
      }));
      const startOf = ({ experiment, source, from }: Start, runId: string): StartedRun => {
        return { runId, experiment, source, ...(from && { from }) };
      };
      const runs = [startOf(first, run.id)];
      if (second) runs.push(startOf(second, beside!.id));
      for (const one of [run, beside]) if (one) history.begun(one);
      client.send({ type: 'start', runs, paused });
    };

    return {
      run: null,
      beside: null,
      pair: null,
      started: null,
      kept: [],
      revision: 0,
      status: 'idle',
      preparing: null,
      prepare: (source) => client.send({ type: 'prepare', source }),
      start: (first, second = null) => start(first, second, false),
      swap: () => {
        if (get().beside)
          set(({ run, beside, revision }) => ({ run: beside, beside: run, revision: revision + 1 }));
      },
      pause: () => {
        // A run that is being prepared then waits before its first step.
        if (['running', 'preparing'].includes(get().status)) send({ type: 'pause' });
      },
      resume: () => {
        if (get().status === 'paused') send({ type: 'resume' });
      },
      step: (first, second = null) => {
        const { status } = get();
        if (status === 'paused' || status === 'running') send({ type: 'step' });
        else if (status === 'idle' && first) start(first, second, true);
      },
      stepsPerSecond: null,
      setPace: (stepsPerSecond) => {
        set({ stepsPerSecond });
        send({ type: 'pace', stepsPerSecond });
      },
      stop: () => {
        if (isGoingOn(get())) send({ type: 'stop' });
      },
      checkpoint: () => send({ type: 'checkpoint' }),
      show: (run) => {
        if (isGoingOn(get())) return;
        statuses.clear();
        statuses.set(run.id, 'ended');
        set(({ revision }) => ({
          run,
          beside: null,
          pair: null,
          started: run.experiment,
          status: 'ended',
          preparing: null,
          revision: revision + 1,
        }));
      },
      rename: (id, name) => {
        update(id, { name });
        set(({ kept }) => ({ kept: kept.map((run) => (run.id === id ? { ...run, name } : run)) }));
      },
      reset: () => {
        drop(message('run.reset'));
        send({ type: 'stop' });
        stepWhenReady = false;
        clearTimeout(timer);
        timer = undefined;
        statuses.clear();
        set(({ revision }) => ({
          run: null,
          beside: null,
          pair: null,
          started: null,
          status: 'idle',
          preparing: null,
          revision: revision + 1,
        }));
      },
      ask: (query) => client.ask(query),
    };
  };

function makeTrainingWorker(): TrainingWorker {
  if (typeof Worker === 'undefined') {
    throw new Error(
      t(
        'This browser has no web workers, and the lab trains in one. Open it in a current Chrome, Edge, Firefox or Safari.',
      ),
    );
  }
  return new Worker(new URL('../../training/loop/worker.ts', import.meta.url), {
    type: 'module',
    name: workerName('training'),
  }) as TrainingWorker;
}

/** Asks for a checkpoint when the page is hidden or left, as it may not come back. Returns a function that stops it. */
export function keepWhenHidden(): () => void {
  const keep = () => {
    if (document.visibilityState === 'hidden') useRun.getState().checkpoint();
  };
  const leave = () => useRun.getState().checkpoint();
  document.addEventListener('visibilitychange', keep);
  window.addEventListener('pagehide', leave);
  return () => {
    document.removeEventListener('visibilitychange', keep);
    window.removeEventListener('pagehide', leave);
  };
}

export const useRun = create<RunStore>(runStore(makeTrainingWorker, historyWriter));
