/** The runs that a saved chart shows: a footer in the image, and complete links in an SVG's metadata. */

import { t } from '../language/language';
import { wrapped } from './text-width';

/** A run that a chart draws. */
export interface Source {
  name: string;
  /** Opens the lab with the run's settings. */
  link: string;
}

/** Font size of the footer in px. */
export const FOOTER_SIZE = 9;
/** Upper estimate of a character's width as a share of the font size. */
const LETTER = 0.58;
const LINE = 1.35;
/** Largest number of lines per run, and of runs that are named. */
const LINES = 3;
const NAMED = 6;

/** The footer as text for plotly, and its height in px; a link that is too long for three lines of `width` px is shortened in its middle. */
export function footer(sources: readonly Source[], width: number): { text: string; height: number } {
  const letters = Math.max(20, Math.floor(width / (FOOTER_SIZE * LETTER)));
  const lines = sources
    .slice(0, NAMED)
    .flatMap(({ name, link }) => wrapped(shortened(`${name}: ${link}`, letters * LINES), letters));
  if (sources.length > NAMED) lines.push(t('and {{count}} more runs', { count: sources.length - NAMED }));
  return {
    text: lines.map(escaped).join('<br>'),
    height: lines.length === 0 ? 0 : Math.ceil(lines.length * FOOTER_SIZE * LINE) + 6,
  };
}

function shortened(text: string, most: number): string {
  const letters = [...text];
  if (letters.length <= most) return text;
  const half = Math.floor((most - 1) / 2);
  return `${letters.slice(0, half).join('')}…${letters.slice(-half).join('')}`;
}

/** Text with the characters escaped that plotly or XML would read as markup. */
export const escaped = (text: string) =>
  text
    .replaceAll(/\p{Cc}+/gu, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');

/** The SVG with metadata (Dublin Core): title, runs and their links. */
export function withMetadata(svg: string, title: string, sources: readonly Source[]): string {
  const end = svg.indexOf('>', svg.indexOf('<svg')) + 1;
  const runs = sources.map(
    ({ name, link }) => `<dc:source>${escaped(name)}</dc:source><dc:relation>${escaped(link)}</dc:relation>`,
  );
  const metadata =
    // not translated: XML.
    `<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>${escaped(title)}</dc:title>` +
    // not translated: XML.
    `<dc:creator>Branch Lab</dc:creator>${runs.join('')}</metadata>`;
  return svg.slice(0, end) + metadata + svg.slice(end);
}
