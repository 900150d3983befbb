/** The error of everything that reads an imported data set, and how such messages write numbers. */
/** The data cannot be used. The message tells people what was expected, what was found, and what to do. */
export class DataError extends Error {
  override readonly name = 'DataError';
}

/** 12345 as "12,345". */
export const grouped = (n: number): string => n.toLocaleString('en');

/** Bytes as "33.6 MB". */
export const megabytes = (bytes: number): string =>
  `${(bytes / 1e6).toLocaleString('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 })} MB`;

/** The first bytes as "50 4b 03 04". */
export const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
