/** The training worker: takes requests from the page one run at a time and posts reports back. */
import type { Report, Request } from './protocol';
import { TrainingRun } from './run';

let current: TrainingRun | null = null;
/** Resolves when the last run has ended and freed its memory. */
let lastRun: Promise<void> = Promise.resolve();

const send = (report: Report, transfer: Transferable[] = []) => self.postMessage(report, { transfer });

self.onmessage = ({ data: request }: MessageEvent<Request>) => {
  switch (request.type) {
    case 'start': {
      current?.stop();
      const run = new TrainingRun(request.runId, request.experiment, request.source, request.paused, send);
      current = run;
      lastRun = lastRun.then(() => run.run());
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
  }
};
