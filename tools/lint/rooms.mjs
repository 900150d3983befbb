/**
 * Lint rule `rooms/downward-imports`: a file imports from its own room and from the rooms below it, and only the packages
 * that its room may use. Type-only imports count as well. The order is that of tools/rooms.mjs.
 */
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BEHIND_THE_WORKER, RESTRICTED, roomOf, ROOMS } from '../rooms.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const repositoryPath = (/** @type {string} */ path) => relative(ROOT, path).split(sep).join('/');

/**
 * Why a file may not import a module; null where it may.
 * @param {string} file path in the repository
 * @param {string} specifier as written in the import
 * @returns {string | null}
 */
export function whyForbidden(file, specifier) {
  const from = roomOf(file);
  if (from === -1) return null;
  const room = ROOMS[from];
  if (!specifier.startsWith('.')) {
    // Tests compare with whatever they need.
    if (/\.test\.tsx?$/.test(file)) return null;
    for (const [name, beginnings] of Object.entries(RESTRICTED))
      if (
        beginnings.some(
          (start) => specifier === start || (start.endsWith('/') && specifier.startsWith(start)),
        ) &&
        !room?.packages?.includes(/** @type {keyof typeof RESTRICTED} */ (name))
      )
        return `${room?.folder} must not import ${specifier}: tools/rooms.mjs lists the rooms that may.`;
    return null;
  }
  const path = join(dirname(file), specifier).split(sep).join('/');
  if (file.startsWith('src/app/') && BEHIND_THE_WORKER.some((start) => path.startsWith(start)))
    return `The page must not import ${path}: it speaks to the worker through src/training/protocol.ts.`;
  const to = roomOf(path);
  if (to === -1 || to >= from) return null;
  return `${room?.folder} is below ${ROOMS[to]?.folder} and must not import from it: see the order in tools/rooms.mjs.`;
}

const downwardImports = {
  /** @param {any} context */
  create(context) {
    const file = repositoryPath(context.physicalFilename ?? context.filename);
    const check = (/** @type {any} */ node) => {
      const specifier = node.source?.value;
      if (typeof specifier !== 'string') return;
      const message = whyForbidden(file, specifier);
      if (message) context.report({ message, node: node.source });
    };
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
      TSImportType: (/** @type {any} */ node) => check({ source: node.source ?? node.argument?.literal }),
    };
  },
};

export default { meta: { name: 'rooms' }, rules: { 'downward-imports': downwardImports } };
