/**
 * The training worker: takes requests from the page, trains the runs of one start side by side, and posts reports back. It
 * outlives changes of the language and what it says is recorded, so it speaks English (see ../reasons).
 */
import { inEnglish } from '../../language/phrase';
import { activateBackend } from '../engines/backend';
import { loadDataset } from './datasets';
import { Pace } from './pace';
import { probe } from './probe';
import type { Report, Request } from '../protocol';
import { refusal, type RunQuestion } from './run-questions';
import { UNANSWERED } from '../reasons';
import { TrainingRun } from './run';
import { Turns } from './turns';

/** The runs of the last start. */
let current: TrainingRun[] = [];
/** Resolves when the last runs have ended and those before them are freed. */
let lastRun: Promise<void> = Promise.resolve();

/** Of all runs, also those to come. */
const pace = new Pace();

const nothing = () => undefined;

const send = (report: Report, transfer: Transferable[] = []) => self.postMessage(report, { transfer });

/** Answers with what the run says, or that it is no longer there. */
function askRun(question: RunQuestion): void {
  const run = current.find(({ id }) => id === question.runId);
  if (run) return run.ask(question);
  send({ ...refusal(question, UNANSWERED.gone), runId: question.runId } as Report);
}

async function answerProbe({ probeId, experiment }: Extract<Request, { type: 'probe' }>): Promise<void> {
  try {
    const { engine } = await activateBackend(experiment.backend, experiment);
    send({ type: 'probed', probeId, report: await probe(engine, experiment), reason: '' });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    send({ type: 'probed', probeId, report: null, reason: inEnglish(UNANSWERED.probeFailed, { reason }) });
  }
}

self.onmessage = ({ data: request }: MessageEvent<Request>) => {
  switch (request.type) {
    case 'prepare':
      // Where it fails, the run that needs it says so.
      lastRun = lastRun.then(() => loadDataset(request.source)).then(nothing, nothing);
      break;
    case 'start': {
      const previous = current;
      previous.forEach((run) => run.stop());
      const turns = new Turns();
      const runs = request.runs.map((started) => new TrainingRun(started, request.paused, turns, send, pace));
      current = runs;
      lastRun = lastRun.then(async () => {
        await Promise.all(previous.map((run) => run.dispose()));
        await Promise.all(runs.map((run) => run.run()));
      });
      break;
    }
    case 'pause':
      current.forEach((run) => run.pause());
      break;
    case 'resume':
      current.forEach((run) => run.resume());
      break;
    case 'step':
      current.forEach((run) => run.single());
      break;
    case 'pace':
      pace.set(request.stepsPerSecond);
      current.forEach((run) => run.paceChanged());
      break;
    case 'stop':
      current.forEach((run) => run.stop());
      break;
    case 'checkpoint':
      current.forEach((run) => run.checkpoint());
      break;
    case 'fuse':
    case 'weights':
    case 'answers':
    case 'recognise':
      askRun(request);
      break;
    case 'probe': {
      const task = () => answerProbe(request);
      if (current[0]) current[0].between(task);
      else lastRun = lastRun.then(task);
      break;
    }
  }
};
