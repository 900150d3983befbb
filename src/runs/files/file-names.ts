/** File names made of what people call their runs, safe on every system. */

/** Letters and digits of a name at most: with folder, ending and four bytes a letter it stays below 255 bytes. */
const LENGTH = 40;
/** Names that Windows keeps for devices. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)$/i;

/** "quiet otter" as "quiet-otter": letters, digits and hyphens only; "run" where nothing is left. */
export function fileStem(name: string): string {
  const words = name
    .normalize('NFC')
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-|-$/g, '');
  const short = [...words].slice(0, LENGTH).join('').replace(/-$/, '');
  if (short === '') return 'run';
  return RESERVED.test(short) ? `run-${short}` : short;
}

/** A stem for each name, no two the same to a file system that takes "A" for "a": the second is "quiet-otter-2". */
export function fileStems(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    const stem = fileStem(name);
    let found = stem;
    for (let i = 2; taken.has(found.toLowerCase()); i++) found = `${stem}-${i}`;
    taken.add(found.toLowerCase());
    return found;
  });
}
