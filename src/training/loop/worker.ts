/**
 * The training worker: takes requests from the page, trains the runs of one start alternately, and posts reports and
 * replies. It outlives changes of the language and what it says is recorded, so it sends messages as data (language/message.ts).
 */
import { message, saidBy } from '../../language/message';
import type { Experiment } from '../../experiment/settings';
import { activateBackend } from '../engines/backend';
import type { Command, Query, Report, Request } from '../protocol';
import { loadDataset } from './datasets';
import { Mutex } from './mutex';
import { Pace } from './pace';
import { probe } from './probe';
import { refusal, type Answer } from './run-queries';
import { TrainingRun } from './training-run';

/** The runs of the last start. */
let current: TrainingRun[] = [];
/** Resolves when the last runs have ended and those before them are freed. Never rejects. */
let lastRun: Promise<void> = Promise.resolve();

/** Of all runs, also those to come. */
const pace = new Pace();

const nothing = () => undefined;

const send = (report: Report, transfer: Transferable[] = []) => self.postMessage(report, { transfer });

async function answerTo(query: Query): Promise<Answer> {
  if (query.type === 'probe') return answerProbe(query.experiment);
  const run = current.find(({ id }) => id === query.runId);
  if (!run) return refusal(message('answer.gone'));
  return run.answer(query).catch((error: unknown) => {
    return refusal(message('answer.failed', { reason: saidBy(error) }));
  });
}

/** Probes between two steps if there are runs, else after what the worker is busy with. */
async function answerProbe(experiment: Experiment): Promise<Answer> {
  const task = async (): Promise<Answer> => {
    const { engine } = await activateBackend(experiment.backend, experiment);
    return { reply: { result: await probe(engine, experiment) }, transfer: [] };
  };
  const answer = current[0] ? current[0].betweenSteps(task) : lastRun.then(task);
  if (!current[0]) lastRun = answer.then(nothing, nothing);
  return answer.catch((error: unknown) => {
    return refusal(message('answer.probeFailed', { reason: saidBy(error) }));
  });
}

function start({ runs, paused }: Extract<Command, { type: 'start' }>): void {
  const previous = current;
  previous.forEach(({ control }) => control.stop());
  const mutex = new Mutex();
  const started = runs.map(
    (run) =>
      new TrainingRun(
        run,
        paused,
        mutex,
        (report, transfer) => send({ ...report, runId: run.runId }, transfer),
        pace,
      ),
  );
  current = started;
  lastRun = lastRun.then(async () => {
    await Promise.allSettled(previous.map((run) => run.dispose()));
    await Promise.all(started.map((run) => run.run()));
  });
}

self.onmessage = ({ data: request }: MessageEvent<Request>) => {
  switch (request.type) {
    case 'prepare':
      // Where it fails, the run that needs it says so.
      lastRun = lastRun.then(() => loadDataset(request.source)).then(nothing, nothing);
      break;
    case 'start':
      start(request);
      break;
    case 'pause':
      current.forEach(({ control }) => control.pause());
      break;
    case 'resume':
      current.forEach(({ control }) => control.resume());
      break;
    case 'step':
      current.forEach(({ control }) => control.singleStep());
      break;
    case 'pace':
      pace.set(request.stepsPerSecond);
      // A run that waits for its next step computes the time again.
      current.forEach(({ control }) => control.wake());
      break;
    case 'stop':
      current.forEach(({ control }) => control.stop());
      break;
    case 'checkpoint':
      current.forEach((run) => run.checkpoint());
      break;
    case 'fuse':
    case 'weights':
    case 'answers':
    case 'recognise':
    case 'probe': {
      const { requestId } = request;
      void answerTo(request).then(({ reply, transfer }) =>
        send({ type: 'reply', requestId, reply }, transfer),
      );
      break;
    }
    default:
      request satisfies never;
  }
};
