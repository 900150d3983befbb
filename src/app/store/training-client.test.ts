import { verbatim, type Message } from '../../language/message';
import { describe, expect, test } from 'vitest';
import { DEFAULT_EXPERIMENT } from '../../experiment/settings';
import type { Report, Request } from '../../training/protocol';
import { TrainingClient, type TrainingWorker } from './training-client';

class FakeWorker implements TrainingWorker {
  sent: Request[] = [];
  terminated = false;
  onmessage: TrainingWorker['onmessage'] = null;
  onerror: TrainingWorker['onerror'] = null;
  onmessageerror: TrainingWorker['onmessageerror'] = null;
  postMessage(request: Request) {
    this.sent.push(request);
  }
  terminate() {
    this.terminated = true;
  }
  send(report: Report) {
    this.onmessage!({ data: report } as MessageEvent<Report>);
  }
}

function setUp() {
  const workers: FakeWorker[] = [];
  const died: Message[] = [];
  const client = new TrainingClient(
    () => {
      workers.push(new FakeWorker());
      return workers.at(-1)!;
    },
    { started: () => {}, report: () => {}, died: (reason) => died.push(reason) },
  );
  return { client, workers, died };
}

const idOf = (request: Request | undefined) =>
  request && 'requestId' in request ? request.requestId : Number.NaN;
const probe = { type: 'probe', experiment: DEFAULT_EXPERIMENT } as const;
const probed = (layers: number) => ({
  result: { rms: Array.from({ length: layers }, () => 1), logitStd: 1, images: 2, milliseconds: 3 },
});

describe('the client of the training worker', () => {
  test('gives every query its own reply, in whichever order replies come', async () => {
    const { client, workers } = setUp();
    const replies = [client.ask(probe), client.ask(probe)] as const;
    const [worker] = workers;
    const [first, second] = worker!.sent.map(idOf);
    worker!.send({ type: 'reply', requestId: second!, reply: probed(2) });
    worker!.send({ type: 'reply', requestId: first!, reply: probed(1) });
    expect((await replies[0]).result!.rms).toHaveLength(1);
    expect((await replies[1]).result!.rms).toHaveLength(2);
  });

  test('ignores a reply that nobody waits for', async () => {
    const { client, workers } = setUp();
    const reply = client.ask(probe);
    const requestId = idOf(workers[0]!.sent[0]);
    workers[0]!.send({ type: 'reply', requestId: requestId + 1, reply: probed(3) });
    workers[0]!.send({ type: 'reply', requestId, reply: probed(1) });
    workers[0]!.send({ type: 'reply', requestId, reply: probed(2) });
    expect((await reply).result!.rms).toHaveLength(1);
  });

  test('rejects every open query where the worker dies, and asks another worker afterwards', async () => {
    const { client, workers, died } = setUp();
    const open = [client.ask(probe), client.ask(probe)];
    workers[0]!.onerror!({ message: 'out of memory' } as ErrorEvent);
    for (const { reason } of (await Promise.allSettled(open)) as PromiseRejectedResult[])
      expect(reason).toMatchObject({ message: expect.stringContaining('out of memory') });
    expect(died).toHaveLength(1);
    expect(workers[0]!.terminated).toBe(true);
    const reply = client.ask(probe);
    workers[0]!.send({ type: 'reply', requestId: idOf(workers[1]!.sent[0]), reply: probed(2) });
    workers[1]!.send({ type: 'reply', requestId: idOf(workers[1]!.sent[0]), reply: probed(1) });
    expect((await reply).result!.rms).toHaveLength(1);
  });

  test('rejects a query where no worker can be made', async () => {
    const died: Message[] = [];
    const client = new TrainingClient(
      () => {
        throw new Error('This browser has no web workers.');
      },
      { started: () => {}, report: () => {}, died: (reason) => died.push(reason) },
    );
    await expect(client.ask(probe)).rejects.toThrow('no web workers');
    expect(died).toEqual([verbatim('This browser has no web workers.')]);
  });
});
