/**
 * A message as data: which sentence, and its values. Whoever sends or keeps one (the training worker, run records, stores)
 * needs no language; the page shows it in the reader's by `messageText` (./message-text). This file loads no catalogue, so
 * that helper threads may use it.
 */
import { MESSAGES, type MessageId } from './messages';
import { inEnglish } from './phrase';

export type { MessageId } from './messages';

export interface Message {
  /** A key of MESSAGES; records of a newer lab may have others. */
  id: string;
  values: MessageValues;
  /** The message in English as it was when it was kept: for people who read the file, and for a lab that does not know the id. */
  text?: string | undefined;
}

/** A message that quotes another has it as a value; a list stands for several sentences. */
export type MessageValue = string | number | Message | readonly Message[];
export type MessageValues = Readonly<Record<string, MessageValue>>;

/** A message as files and stores have it. */
export type KeptMessage = Message & { text: string };

/** Names of the `{{values}}` of a text. */
type Names<T extends string> = T extends `${string}{{${infer Name}}}${infer Rest}`
  ? Name | Names<Rest>
  : never;
type ValuesOf<Id extends MessageId> = Readonly<Record<Names<(typeof MESSAGES)[Id]>, MessageValue>>;

/** Makes a message; its values are those that its text names. */
export const message = <Id extends MessageId>(
  id: Id,
  ...[values]: [Names<(typeof MESSAGES)[Id]>] extends [never] ? [] : [ValuesOf<Id>]
): Message => ({ id, values: values ?? {} });

/** A text that is not the lab's, such as a browser's error message; shown unchanged. */
export const verbatim = (text: string): Message => message('text', { text });

/** Whole sentences as one message. */
export const inSentences = (sentences: readonly Message[]): Message =>
  sentences.length === 1 ? sentences[0]! : message('sentences', { sentences });

const isKnownId = (id: string): id is MessageId => Object.hasOwn(MESSAGES, id);

const namesIn = (text: string): string[] => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name!);

const nestedIn = (value: MessageValue): readonly Message[] => {
  if (typeof value !== 'object') return [];
  return 'id' in value ? [value] : value;
};

/** Whether this lab can show the message: it knows its id and those of the messages in it, and no value is missing. */
export function isKnown({ id, values }: Message): boolean {
  return (
    isKnownId(id) &&
    namesIn(MESSAGES[id]).every((name) => Object.hasOwn(values, name)) &&
    Object.values(values).every((value) => nestedIn(value).every(isKnown))
  );
}

/**
 * Puts a message together: `fill` writes values into an English text, `join` puts sentences together. A message that is not
 * known is the text that was kept with it. `wording` may give another English text than that of MESSAGES.
 */
export function composed(
  told: Message,
  fill: (text: string, values: Record<string, string | number>) => string,
  join: (sentences: readonly string[]) => string,
  wording: (id: MessageId) => string | undefined = () => undefined,
): string {
  const { id, values, text } = told;
  if (!isKnownId(id) || !isKnown(told)) return text ?? id;
  const shown = (value: MessageValue): string | number => {
    if (typeof value !== 'object') return value;
    if ('id' in value) return composed(value, fill, join, wording);
    return join(value.map((one) => composed(one, fill, join, wording)));
  };
  const pattern = wording(id) ?? MESSAGES[id];
  // Only the names that the text has: values of a record may have any name.
  return fill(pattern, Object.fromEntries(namesIn(pattern).map((name) => [name, shown(values[name]!)])));
}

/** A message in plain English, whatever the reader's language is. */
export const messageInEnglish = (told: Message): string =>
  composed(told, inEnglish, (sentences) => sentences.join(' '));

/** A message as files and stores keep it, its English beside it. */
export const keptMessage = (told: Message): KeptMessage => ({ ...told, text: messageInEnglish(told) });

/** A kept message without its English, unless that is all that this lab can show of it. */
export const messageOfKept = ({ id, values, text }: Message): Message =>
  isKnown({ id, values }) ? { id, values } : { id, values, text };

/** An error for people. Its `message` is in English; who shows it, shows `said`. */
export class MessageError extends Error {
  override readonly name: string = 'MessageError';

  constructor(
    readonly said: Message,
    options?: ErrorOptions,
  ) {
    super(messageInEnglish(said), options);
  }
}

/** What an error says: its message where it carries one, its text otherwise. */
export const saidBy = (error: unknown): Message =>
  error instanceof MessageError
    ? error.said
    : verbatim(error instanceof Error ? error.message : String(error));
