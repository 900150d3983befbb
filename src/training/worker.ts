/** The training worker: takes requests from the page one run at a time and posts reports back. */
import { activateBackend } from './backend';
import { probe } from './probe';
import type { Report, Request } from './protocol';
import { TrainingRun } from './run';

let current: TrainingRun | null = null;
/** Resolves when the last run has ended and the run before it is freed. */
let lastRun: Promise<void> = Promise.resolve();

const send = (report: Report, transfer: Transferable[] = []) => self.postMessage(report, { transfer });

/** Answers with what the run says, or that it is no longer there. */
function askRun(runId: string, ask: (run: TrainingRun) => void, refuse: (reason: string) => Report): void {
  if (current?.id === runId) ask(current);
  else send(refuse('Its network is no longer in memory: another run has begun since. Run it again.'));
}

async function answerProbe({ probeId, experiment }: Extract<Request, { type: 'probe' }>): Promise<void> {
  try {
    const { engine } = await activateBackend(experiment.backend, experiment.arithmetic);
    send({ type: 'probed', probeId, report: await probe(engine, experiment), reason: '' });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    send({ type: 'probed', probeId, report: null, reason: `The probe did not work: ${reason}` });
  }
}

self.onmessage = ({ data: request }: MessageEvent<Request>) => {
  switch (request.type) {
    case 'start': {
      const previous = current;
      previous?.stop();
      const run = new TrainingRun(request.runId, request.experiment, request.source, request.paused, send);
      current = run;
      lastRun = lastRun.then(async () => {
        await previous?.dispose();
        await run.run();
      });
      break;
    }
    case 'pause':
      current?.pause();
      break;
    case 'resume':
      current?.resume();
      break;
    case 'step':
      current?.single();
      break;
    case 'stop':
      current?.stop();
      break;
    case 'fuse': {
      const { runId } = request;
      askRun(
        runId,
        (run) => run.fuse(),
        (reason) => ({ type: 'fused', runId, report: null, reason }),
      );
      break;
    }
    case 'weights': {
      const { runId, form } = request;
      askRun(
        runId,
        (run) => run.weights(form),
        (reason) => ({ type: 'weights', runId, form, tensors: null, reason }),
      );
      break;
    }
    case 'probe': {
      const task = () => answerProbe(request);
      if (current) current.between(task);
      else lastRun = lastRun.then(task);
      break;
    }
  }
};
