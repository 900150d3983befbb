/** Cells of a CSV file: quoted by RFC 4180, and never read as a formula by a spreadsheet. */

/**
 * A text cell. Where a spreadsheet would take it for a formula (it begins with =, +, -, @, a tab or a line break) an
 * apostrophe goes before it. Not for numbers: −1 has to stay a number.
 */
export function textCell(text: string): string {
  const harmless = /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** A number with `digits` significant digits (seven are accurate in float32, nine identify it exactly); empty where it is not finite. */
export const numberCell = (value: number, digits = 7): string =>
  Number.isFinite(value) ? String(Number(value.toPrecision(digits))) : '';
