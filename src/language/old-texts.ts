/**
 * Messages in older files and stores: records of versions 1 and 2, the history, the board, the queue, recordings,
 * weights and data sets of that time kept English sentences; links still do, as that is their format. Here, and nowhere
 * else, an English sentence is read back into the message that it was.
 *
 * The sentences are in ./old-texts.json, by the ids of their messages. They are those of that time and never change; those of
 * ./messages may. Nothing is added for new messages, except to the format of links.
 */
import { composed, inSentences, messageOfKept, verbatim, type Message } from './message';
import OLD_TEXTS from './old-texts.json' with { type: 'json' };
import { inEnglish } from './phrase';

const oldTexts: ReadonlyMap<string, string> = new Map(Object.entries(OLD_TEXTS));

/** The first pattern that matches is used, so the more specific ones come first in the file. */
const patterns = [...oldTexts].map(([id, text]) => {
  const names: string[] = [];
  const source = text
    .split(/(\{\{\w+\}\})/)
    .map((part, i) => {
      if (i % 2 === 0) return part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
      names.push(part.slice(2, -2));
      return '(.+?)';
    })
    .join('');
  return { id, names, pattern: new RegExp(`^${source}$`, 's') };
});

// not translated: a pattern, as the next.
const BACKENDS = '(?:WebGPU|WebAssembly|WebGL|Plain JavaScript)';
const OF_BACKENDS = new RegExp(`^${BACKENDS} `);
/** Where one sentence about a backend begins after another. */
const NEXT = new RegExp(
  // not translated: as above.
  ` (?=${BACKENDS} (?:is not used: |was asked for\\.|is the next in order\\.)|The fastest backend works here\\.|Half precision is WebGPU’s alone)`,
);

/** The message that an older English text stands for; `verbatim` where the lab did not write it. */
export function messageOfOldText(text: string): Message {
  const sentences = OF_BACKENDS.test(text) ? text.split(NEXT) : [];
  if (sentences.length > 1) return inSentences(sentences.map(messageOfOldText));
  for (const { id, names, pattern } of patterns) {
    const found = pattern.exec(text);
    if (!found) continue;
    const values = names.map((name, i) => {
      const value = messageOfOldText(found[i + 1]!);
      return [name, value.id === 'text' ? found[i + 1]! : value] as const;
    });
    return { id, values: Object.fromEntries(values) };
  }
  return verbatim(text);
}

/** A message as it was kept: as data, or, before version 3 of the record, as an English text. */
export const messageOfStored = (stored: string | Message): Message =>
  typeof stored === 'string' ? messageOfOldText(stored) : messageOfKept(stored);

/** A message as the text that `messageOfOldText` reads: what links have, whatever becomes of the sentence. */
export const oldTextOf = (told: Message): string =>
  composed(
    told,
    inEnglish,
    (sentences) => sentences.join(' '),
    (id) => oldTexts.get(id),
  );
