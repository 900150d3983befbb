/** Measures whether a page is legible on a projector: sizes and contrasts of all visible texts and lines. */
import type { Page } from '@playwright/test';
import { contrast } from '../src/charts/contrast';

export interface VisibleItem {
  what: 'text' | 'line';
  /** The text, or the line's element name. */
  name: string;
  /** Font size or stroke width in pixels of the screen. */
  px: number;
  colour: string;
  /** Colour of the background. */
  ground: string;
}

/**
 * All visible texts and lines in the window. Indices of formulas count with the text around them; a chart's grid is
 * left out, because nobody needs to read it.
 */
export const visibleItems = (page: Page): Promise<VisibleItem[]> =>
  page.evaluate(() => {
    const inSight = (rect: DOMRect) =>
      rect.width > 1 && rect.height > 1 && rect.bottom > 0 && rect.top < innerHeight && rect.right > 0;
    const clear = (colour: string) => /^(none|transparent|rgba\(\d+, \d+, \d+, 0\))$/.test(colour);
    const scaleOf = (element: Element) =>
      element instanceof SVGGraphicsElement ? Math.abs(element.getScreenCTM()?.d || 1) : 1;
    const turned = (element: Element) =>
      element instanceof SVGGraphicsElement
        ? Math.hypot(element.getScreenCTM()!.a, element.getScreenCTM()!.b)
        : 1;
    const groundOf = (element: Element): string => {
      // The background of a text in the block diagram is the shape in the same group.
      const shape = element.closest('g[role="button"]')?.querySelector('rect');
      if (element.tagName === 'text' && shape) return getComputedStyle(shape).fill;
      for (let at: Element | null = element; at; at = at.parentElement) {
        const { backgroundColor } = getComputedStyle(at);
        if (!clear(backgroundColor)) return backgroundColor;
      }
      return 'rgb(255, 255, 255)';
    };
    const isHidden = (element: Element) =>
      getComputedStyle(element).visibility === 'hidden' ||
      element.closest('.katex-mathml, [hidden]') !== null;
    const seen: VisibleItem[] = [];

    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const text = texts.currentNode.textContent!.trim();
      const element = texts.currentNode.parentElement!;
      if (text === '' || element.closest('script, style, noscript, title, option')) continue;
      const range = document.createRange();
      range.selectNodeContents(texts.currentNode);
      const rect = range.getBoundingClientRect();
      const box = element.getBoundingClientRect();
      if (!inSight(rect) || isHidden(element) || box.width <= 1) continue;
      // Text for screen readers only.
      if (getComputedStyle(element).clip.startsWith('rect(0px')) continue;
      const style = getComputedStyle(element);
      const svg = element instanceof SVGElement;
      seen.push({
        what: 'text',
        name: text,
        px: parseFloat(style.fontSize) * (svg ? turned(element) : 1),
        colour: svg ? style.fill : style.color,
        ground: groundOf(element),
      });
    }
    for (const element of document.querySelectorAll<SVGGraphicsElement>(
      '.js-line, .xlines-above, .ylines-above, [data-part="block"] svg :is(path, rect, circle)',
    )) {
      const style = getComputedStyle(element);
      if (!inSight(element.getBoundingClientRect()) || clear(style.stroke) || isHidden(element)) continue;
      seen.push({
        what: 'line',
        name: element.getAttribute('class') ?? element.tagName,
        px: parseFloat(style.strokeWidth) * scaleOf(element),
        colour: style.stroke,
        ground: groundOf(element),
      });
    }
    return seen;
  });

/** Descriptions of those that are too small, too thin or too low in contrast. */
export const unreadable = (
  seen: readonly VisibleItem[],
  least: { text: number; line: number; contrast: number },
) =>
  seen.flatMap((one) => {
    const ratio = contrast(one.colour, one.ground);
    const small = one.px < least[one.what] - 0.01;
    return small || ratio < least.contrast
      ? [`${one.what} “${one.name}”: ${one.px.toFixed(1)} px, ${ratio.toFixed(1)} to 1`]
      : [];
  });
