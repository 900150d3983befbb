/** The error of everything that reads a data set somebody brought along. */

/** The data cannot be used. The message is for people: what was expected, what was found, what to do. */
export class DataError extends Error {
  override readonly name = 'DataError';
}
