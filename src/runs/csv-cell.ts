/** Text in a CSV file: quoted as RFC 4180 has it, and harmless in a spreadsheet. */

/**
 * A text cell. Where a spreadsheet would take it for a formula (it begins with =, +, -, @, a tab or a line break) an
 * apostrophe goes before it. Not for numbers: −1 has to stay a number.
 */
export function textCell(text: string): string {
  const harmless = /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** A number to so many significant digits (float32 has seven good ones, nine name it exactly); empty where it is not finite. */
export const numberCell = (value: number, digits = 7): string =>
  Number.isFinite(value) ? String(Number(value.toPrecision(digits))) : '';
