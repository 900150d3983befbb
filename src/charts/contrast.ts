/** Contrast ratios of colours (WCAG 2.2), and colours with enough contrast to a background. Pure. */

type Rgb = readonly [number, number, number];

/** Red, green and blue of "#1971c2", "rgb(1, 2, 3)" or "rgba(1, 2, 3, 0.5)"; the opacity is ignored. Throws RangeError for any other notation. */
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

/** Contrast ratio of two colours: 1 for equal ones, 21 for black on white. */
export function contrast(a: string, b: string): number {
  const [low, high] = [luminance(rgbOf(a)), luminance(rgbOf(b))].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

const STEPS = 64;

/** The colour itself if its contrast to the background is at least `ratio`, else the nearest darker or paler colour of its hue with that contrast. */
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
