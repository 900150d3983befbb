/** What the commands share when they read their options and report errors. */
import process from 'node:process';

/** The message of anything that was thrown. @returns {string} */
export const messageOf = (/** @type {unknown} */ error) =>
  error instanceof Error ? error.message : String(error);

/**
 * Ends the process with exit status 2 after printing what is wrong and how the command is used.
 * @param {string} problem
 * @param {string} usage
 * @returns {never}
 */
export function refuse(problem, usage) {
  console.error(`${problem}\n${usage}`);
  process.exit(2);
}
