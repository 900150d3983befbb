/** The page's end of the worker that shows images. */
import { t, workerName } from '../../language/language';
import type { DataSource } from '../dataset';
import type { SetFacts } from './sheet';
import type { ClassImages, SheetReply, SheetRequest } from './sheet-protocol';

type Asked<T extends SheetRequest['type']> = Omit<Extract<SheetRequest, { type: T }>, 'id' | 'type'>;

/** A data set whose images can be shown; close() frees its memory. */
export class SheetClient {
  private readonly worker = new Worker(new URL('./sheet-worker.ts', import.meta.url), {
    type: 'module',
    name: workerName('images'),
  });
  private lastId = 0;

  /** Reads or draws the set. Rejects with a message for people if the set is gone or damaged. */
  async open(source: DataSource): Promise<SetFacts> {
    const reply = await this.ask({ type: 'open', source });
    if (reply.type === 'facts') return reply.facts;
    throw unexpected(reply);
  }

  async images(request: Asked<'images'>): Promise<readonly ClassImages[]> {
    const reply = await this.ask({ type: 'images', ...request });
    if (reply.type === 'images') return reply.classes;
    throw unexpected(reply);
  }

  /** Ends the worker. Open requests are never answered. */
  close(): void {
    this.worker.terminate();
  }

  private ask(
    request: (Asked<'open'> & { type: 'open' }) | (Asked<'images'> & { type: 'images' }),
  ): Promise<SheetReply> {
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      const stop = new AbortController();
      const { signal } = stop;
      this.worker.addEventListener(
        'message',
        ({ data }: MessageEvent<SheetReply>) => {
          if (data.id !== id) return;
          stop.abort();
          resolve(data);
        },
        { signal },
      );
      this.worker.addEventListener(
        'error',
        ({ message }) => {
          stop.abort();
          reject(
            new Error(
              message
                ? t('The images cannot be shown: {{message}}.', { message })
                : t('The images cannot be shown: a program could not be loaded.'),
            ),
          );
        },
        { signal },
      );
      this.worker.postMessage({ ...request, id } satisfies SheetRequest);
    });
  }
}

const unexpected = (reply: SheetReply) =>
  new Error(reply.type === 'failed' ? reply.message : t('The images’ worker sent an unexpected answer.'));
