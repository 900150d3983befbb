/** Messages between the page and the worker that shows images. An answer carries the id of its request. */
import type { Augmentation } from '../batch';
import type { DataSource } from '../dataset';
import type { Part, SetFacts } from './sheet';

export type SheetRequest = { id: number } & (
  | { type: 'open'; source: DataSource }
  /** Asks for the first images of some classes of the set that was opened last, at most `limit` per class. */
  | {
      type: 'images';
      part: Part;
      classes: readonly number[];
      limit: number;
      augment: Augmentation | null;
    }
);

/** The images of one class: RGBA, 32x32 pixels each, one after the other. */
export interface ClassImages {
  label: number;
  count: number;
  rgba: Uint8ClampedArray<ArrayBuffer>;
}

export type SheetReply = { id: number } & (
  | { type: 'facts'; facts: SetFacts }
  | { type: 'images'; classes: readonly ClassImages[] }
  | { type: 'failed'; message: string }
);
