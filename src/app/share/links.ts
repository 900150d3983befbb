/** The outputs of the Share dialog: links, Markdown, HTML of an `<iframe>`. */
import { describeDifference, differingKeys, namesOfTwo } from '../../experiment/difference';
import { DEFAULT_EXPERIMENT, type Experiment } from '../../experiment/settings';
import { secondExperiment, experimentToQuery, type SecondRunChanges } from '../../experiment/url';
import { clauses } from '../../language/join';
import { t } from '../../language/language';
import type { SharedResult } from '../../runs/shared-result';
import { deviceOf, outcomeText, startedOf } from './describe-result';
import { presentableTitle, type Embeddable } from '../../page/link-names';
import { withPage, type PageLink } from '../address/page-link';

export interface Shared {
  experiment: Experiment;
  beside: SecondRunChanges;
  page: PageLink;
  /** Value of `#r=`; null if the link contains no result. */
  result: string | null;
}

/** `base`: the page's address without query and fragment. */
export function shareLink(base: string, { experiment, beside, page, result }: Shared): string {
  const query = withPage(experimentToQuery(experiment, beside), page);
  return base + query + (result === null ? '' : `#r=${result}`);
}

/** A shorter link for a QR code. The result contains the settings, so the query leaves them out. */
export const smallLink = (base: string, { page, result }: Shared & { result: string }): string =>
  `${base}${withPage('', page)}#r=${result}`;

/** This page's address without query and fragment. */
export const pageBase = (): string => `${window.location.origin}${window.location.pathname}`;

const LONGEST_TITLE = 140;

function pairOf(experiment: Experiment, other: Experiment): string {
  const [one, second] = namesOfTwo(experiment, other);
  return t('{{run}} beside {{other}}', { run: one, other: second });
}

/** One-line title of what a link opens. */
export function titleOf({ experiment, beside }: Pick<Shared, 'experiment' | 'beside'>): string {
  const other = secondExperiment(experiment, beside);
  const own =
    differingKeys(experiment, DEFAULT_EXPERIMENT).length > 0
      ? describeDifference(experiment, DEFAULT_EXPERIMENT)
      : t('the default experiment');
  const text = clauses([own, ...(other ? [pairOf(experiment, other)] : [])]);
  return text.length > LONGEST_TITLE ? `${text.slice(0, LONGEST_TITLE - 1).trimEnd()}…` : text;
}

const titled = (title: string) => t('Branch Lab: {{title}}', { title });

/** Escapes Markdown's special characters. */
const literal = (text: string) => text.replaceAll(/[\\`*_[\]<>()#|~]/g, String.raw`\$&`);

/** A link in Markdown, with a line for the result if there is one. */
export function markdownOf(link: string, shared: Shared, result: SharedResult | null): string {
  const anchor = `[${literal(titled(titleOf(shared)))}](${link})`;
  if (!result) return anchor;
  const outcome = outcomeText(result);
  const said = clauses([...(outcome === '' ? [] : [outcome]), deviceOf(result), startedOf(result)]);
  return t('**{{run}}**: {{told}}. {{link}}', {
    run: literal(result.name),
    told: literal(said),
    link: anchor,
  });
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '"': '&quot;', '<': '&lt;', '>': '&gt;' };
const inAttribute = (text: string) => text.replaceAll(/[&"<>]/g, (c) => ENTITIES[c]!);

/** HTML of an `<iframe>`. `link`: an address with `embed=1`. */
export const embedCode = (
  link: string,
  part: Embeddable,
  { width, height }: { width: number; height: number },
): string =>
  // not translated: HTML; its title is.
  `<iframe src="${inAttribute(link)}" title="${inAttribute(titled(t(presentableTitle(part))))}" width="${width}" height="${height}" loading="lazy" style="border: 0"></iframe>`;
