/**
 * Which file of a language's catalogue an entry belongs in: the room of the sources that use its text, or `shared` where
 * several rooms do.
 */

/**
 * The room of a source file: `runs` for src/runs/record.ts, `app-present` for src/app/present/Stage.tsx, `app` for what is
 * directly in src/ or src/app/.
 */
export function roomOf(/** @type {string} */ file) {
  const [, room = '', inner] = file.replaceAll('\\', '/').split('/').slice(0, -1);
  if (room === '' || (room === 'app' && inner === undefined)) return 'app';
  return room === 'app' ? `app-${inner}` : room;
}

/**
 * The catalogue file of each text, by where the texts are used.
 * @param {readonly import('./texts.mjs').Found[]} used
 * @returns {Map<string, string>}
 */
export function fileByText(used) {
  /** @type {Map<string, Set<string>>} */
  const rooms = new Map();
  for (const { text, file } of used) rooms.set(text, (rooms.get(text) ?? new Set()).add(roomOf(file)));
  return new Map([...rooms].map(([text, own]) => [text, own.size === 1 ? [...own].join() : 'shared']));
}

/** The text that a catalogue's key is a form of: the key without its ending for a plural or a context. */
export function textOfKey(
  /** @type {string} */ key,
  /** @type {{ has: (text: string) => boolean }} */ texts,
) {
  if (texts.has(key)) return key;
  const base = key.replace(/_[a-z]+$/, '');
  return texts.has(base) ? base : null;
}

/**
 * Entries sorted into the files that they belong in. An entry that is in the right file keeps its place; the others are
 * added to the end of theirs, in the order of their use. Entries whose text is used nowhere stay where they are.
 * @param {ReadonlyMap<string, Record<string, string>>} catalogues by file name without `.json`
 * @param {readonly import('./texts.mjs').Found[]} used
 */
export function sorted(catalogues, used) {
  const files = fileByText(used);
  const order = new Map(used.map(({ text }, i) => [text, i]));
  /** @type {Map<string, [string, string][]>} */
  const result = new Map([...catalogues.keys()].map((name) => [name, []]));
  /** @type {{ key: string, value: string, file: string, at: number }[]} */
  const moved = [];
  for (const [name, texts] of catalogues)
    for (const [key, value] of Object.entries(texts)) {
      const text = textOfKey(key, files);
      const file = (text !== null && files.get(text)) || name;
      if (file === name) result.get(name)?.push([key, value]);
      else moved.push({ key, value, file, at: order.get(text ?? '') ?? 0 });
    }
  for (const { key, value, file } of moved.toSorted((a, b) => a.at - b.at)) {
    const entries = result.get(file) ?? [];
    if (!entries.some(([other]) => other === key)) entries.push([key, value]);
    result.set(file, entries);
  }
  return new Map([...result].map(([name, entries]) => [name, Object.fromEntries(entries)]));
}
