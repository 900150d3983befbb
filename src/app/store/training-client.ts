/**
 * The page's end of the training worker: sends commands, and queries, each of which resolves to its own reply. Makes the
 * worker when it is first needed, and another one after a worker has ended.
 */
import type { Command, Query, Reply, Report, Request, ResultOf } from '../../training/protocol';
import { message, MessageError, saidBy, type Message } from '../../language/message';

/** What the client needs of a Worker. */
export interface TrainingWorker {
  postMessage(request: Request): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<Report>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  onmessageerror: ((event: MessageEvent) => void) | null;
}

/** What runs report of themselves. */
export type ReportOfRun = Exclude<Report, { type: 'reply' }>;

export interface TrainingClientEvents {
  /** A worker was made and takes its first commands. */
  started: (worker: TrainingWorker) => void;
  report: (report: ReportOfRun) => void;
  /** The worker has ended, or could not be made; `reason` becomes part of records. */
  died: (reason: Message) => void;
}

interface OpenQuery {
  resolve: (reply: Reply<ResultOf<Query>>) => void;
  reject: (why: Error) => void;
}

export class TrainingClient {
  private worker: TrainingWorker | null = null;
  private lastRequestId = 0;
  /** Queries without a reply yet, by their request id. */
  private readonly open = new Map<number, OpenQuery>();

  constructor(
    private readonly makeWorker: () => TrainingWorker,
    private readonly events: TrainingClientEvents,
  ) {}

  /** Sends a command; makes a worker where there is none. Where that fails, `died` is called. */
  send(command: Command): void {
    this.attempt((worker) => worker.postMessage(command));
  }

  /** Sends a command to the worker, if there is one. */
  sendIfAlive(command: Command): void {
    this.worker?.postMessage(command);
  }

  /** Resolves to the reply to this query; rejects where the worker ends before it has answered. */
  ask<Q extends Query>(query: Q): Promise<Reply<ResultOf<Q>>> {
    return new Promise((resolve, reject) => {
      const requestId = ++this.lastRequestId;
      // The worker answers a query with the result of its type.
      this.open.set(requestId, { resolve: resolve as OpenQuery['resolve'], reject });
      this.attempt((worker) => worker.postMessage({ ...query, requestId }));
    });
  }

  /** Ends the worker and every open query. The next request makes another worker. */
  end(reason: Message): void {
    this.worker?.terminate();
    this.worker = null;
    const open = [...this.open.values()];
    this.open.clear();
    for (const { reject } of open) reject(new MessageError(reason));
    this.events.died(reason);
  }

  private attempt(act: (worker: TrainingWorker) => void): void {
    try {
      act(this.worker ?? this.start());
    } catch (error) {
      this.end(saidBy(error));
    }
  }

  private start(): TrainingWorker {
    const worker = this.makeWorker();
    worker.onmessage = ({ data }) => {
      if (worker === this.worker) this.receive(data);
    };
    worker.onerror = (event) => {
      event.preventDefault?.();
      const why = event.message;
      if (worker === this.worker)
        this.end(why ? message('run.trainerDiedOf', { why }) : message('run.trainerDied'));
    };
    worker.onmessageerror = () => {
      if (worker === this.worker) this.end(message('run.unreadable'));
    };
    this.worker = worker;
    this.events.started(worker);
    return worker;
  }

  private receive(report: Report): void {
    if (report.type !== 'reply') return this.events.report(report);
    this.open.get(report.requestId)?.resolve(report.reply);
    this.open.delete(report.requestId);
  }
}
