/** How well colours can be told from what they stand on (WCAG 2.2, contrast ratio), and colours that can be. Pure. */

type Rgb = readonly [number, number, number];

/** A colour as "#1971c2", "rgb(1, 2, 3)" or "rgba(1, 2, 3, 0.5)"; what it lets through is not counted. Throws RangeError for any other notation. */
export function rgbOf(colour: string): Rgb {
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour);
  if (hex) return hex.slice(1).map((part) => parseInt(part, 16)) as unknown as Rgb;
  const parts = /^rgba?\(\s*([\d.]+)[\s,]+([\d.]+)[\s,]+([\d.]+)/.exec(colour);
  if (parts) return parts.slice(1, 4).map(Number) as unknown as Rgb;
  throw new RangeError(`expected #rrggbb, rgb(…) or rgba(…), found ${colour}`);
}

/** Relative luminance, 0 for black to 1 for white. */
function luminance(colour: Rgb): number {
  const [r, g, b] = colour.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** From 1, the same, to 21, black on white. */
export function contrast(a: string, b: string): number {
  const [low, high] = [luminance(rgbOf(a)), luminance(rgbOf(b))].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

const STEPS = 64;

/** The colour itself where it stands out from the background by `ratio` at least, else the nearest darker or paler one of its hue that does. */
export function standingOut(colour: string, background: string, ratio: number): string {
  const from = rgbOf(colour);
  const end = luminance(rgbOf(background)) > 0.18 ? 0 : 255;
  for (let step = 0; step <= STEPS; step++) {
    const mixed = from.map((value) => Math.round(value + ((end - value) * step) / STEPS));
    const candidate = `rgb(${mixed.join(', ')})`;
    if (contrast(candidate, background) >= ratio) return candidate;
  }
  return end === 0 ? 'rgb(0, 0, 0)' : 'rgb(255, 255, 255)';
}
