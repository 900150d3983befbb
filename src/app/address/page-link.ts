/**
 * The part of a link that describes the page and not the experiment: the view and part to open, what is hidden, the
 * lesson, embedding, presenting. Parsing never throws; unknown keys and values are dropped and reported.
 */
import { noticeOf, type Notice } from '../../experiment/validation';
import { t } from '../../language/language';
import { LANGUAGE_CODES, type Language } from '../../language/languages';
import {
  EMBEDDABLE,
  HIDABLE_NAMES,
  PLACES,
  PRESENTABLE,
  withoutInner,
  type Embeddable,
  type HidableName,
  type Place,
  type Presentable,
} from '../../page/link-names';
import { VIEWS, type ViewId } from '../../page/views';
import { REPLAYS } from '../../runs/replays';

export interface PageLink {
  view: ViewId;
  /** Part of the lab that the page opens at; null for its top. */
  at: Place | null;
  hide: readonly HidableName[];
  /** Id of the lesson and number of its step, from 1. */
  lesson: string | null;
  step: number | null;
  /** Name of the recording to show; null if none. */
  replay: string | null;
  /** The one part that an embedded page shows; null for the whole page. */
  embed: Embeddable | null;
  /** What the page presents on the whole screen; null if it does not present. */
  present: Presentable | null;
  /** Id of the presentation whose notes window this page is; null for any other page. */
  notes: string | null;
  /** Language of the page; null if the reader's choice decides. */
  lang: Language | null;
}

export const PLAIN_PAGE: PageLink = {
  view: 'lab',
  at: null,
  hide: [],
  lesson: null,
  step: null,
  replay: null,
  embed: null,
  present: null,
  notes: null,
  lang: null,
};

/** Keys of the page. All other keys belong to the experiment. */
const PAGE_KEYS = [
  'view',
  'at',
  'hide',
  'lesson',
  'step',
  'replay',
  'embed',
  'present',
  'session',
  'show',
  'lang',
] as const;
/** Form of a presentation's id. */
const SESSION = /^[a-z0-9]{1,40}$/;
const LONGEST_LESSON = 500;
const MOST_STEPS = 999;

const quoted = (text: string) => `“${text.length > 60 ? `${text.slice(0, 60)}…` : text}”`;
const plain = (text: string) => encodeURIComponent(text).replaceAll('%2C', ',');

/**
 * Splits a query into the state of the page, the query of the experiment, and notices about what was not understood.
 */
export function splitQuery(query: string): { page: PageLink; experiment: string; notices: Notice[] } {
  const params = new URLSearchParams(query);
  const notices: Notice[] = [];
  const known = <T extends string>(key: (typeof PAGE_KEYS)[number], ids: readonly T[]): T | null => {
    const text = params.get(key);
    const found = ids.find((id) => id === text) ?? null;
    if (text !== null && found === null)
      notices.push(
        noticeOf(key, () =>
          t('{{key}}: found {{text}}, expected one of {{values}}. It is ignored.', {
            key,
            text: quoted(text),
            values: ids.join(', '),
          }),
        ),
      );
    return found;
  };
  const hide: HidableName[] = [];
  for (const name of (params.get('hide') ?? '').split(',').filter((part) => part !== '')) {
    const found = HIDABLE_NAMES.find((one) => one === name);
    if (found) hide.push(found);
    else
      notices.push(
        noticeOf('hide', () =>
          t(
            'hide: there is nothing called {{name}}. Expected a setting, such as lr, or a part: panel, section.optimiser, chart.loss. It is ignored.',
            { name: quoted(name) },
          ),
        ),
      );
  }
  const lesson = params.get('lesson')?.slice(0, LONGEST_LESSON) || null;
  const wanted = params.get('step');
  const step = wanted !== null && /^[1-9]\d{0,2}$/.test(wanted) ? Number(wanted) : null;
  if (wanted !== null && step === null)
    notices.push(
      noticeOf('step', () =>
        t('step: found {{text}}, expected a whole number from 1 to {{most}}. It is ignored.', {
          text: quoted(wanted),
          most: MOST_STEPS,
        }),
      ),
    );
  const embedded = known('embed', ['1', '0']) === '1';
  const presented = known('present', ['1', '0', 'notes']);
  const session = params.get('session');
  const notes = presented === 'notes' && session !== null && SESSION.test(session) ? session : null;
  if (presented === 'notes' && notes === null)
    notices.push(
      noticeOf('session', () =>
        session === null
          ? t(
              'present=notes: expected session= with the id of a presentation, found none. Open the notes from there.',
            )
          : t('session: found {{text}}, expected the id of a presentation. Open the notes from there.', {
              text: quoted(session),
            }),
      ),
    );
  const presents = presented === '1' && !embedded;
  const show = presents ? null : known('show', EMBEDDABLE);
  const page: PageLink = {
    view:
      known(
        'view',
        VIEWS.map(({ id }) => id),
      ) ?? 'lab',
    at: known(
      'at',
      PLACES.map(({ id }) => id),
    ),
    hide: withoutInner(hide),
    lesson,
    step: lesson === null ? null : step,
    replay: known(
      'replay',
      REPLAYS.map(({ name }) => name),
    ),
    embed: embedded ? (show ?? 'chart.identity') : null,
    present: presents ? (known('show', PRESENTABLE) ?? 'chart.identity') : null,
    notes,
    lang: known('lang', LANGUAGE_CODES),
  };
  const rest = query
    .replace(/^\?/, '')
    .split('&')
    .filter(
      (pair) => pair !== '' && !(PAGE_KEYS as readonly string[]).includes(decoded(pair.split('=')[0]!)),
    );
  return { page, experiment: rest.length > 0 ? `?${rest.join('&')}` : '', notices };
}

function decoded(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}

/** Adds the state of the page to an experiment's query. */
export function withPage(
  experiment: string,
  { view, at, hide, lesson, step, replay, embed, present, notes, lang }: PageLink,
): string {
  const parts = experiment === '' ? [] : [experiment.slice(1)];
  if (view !== 'lab') parts.push(`view=${view}`);
  if (at !== null) parts.push(`at=${at}`);
  const hidden = withoutInner(hide);
  if (hidden.length > 0) parts.push(`hide=${hidden.join(',')}`);
  if (lesson !== null) parts.push(`lesson=${plain(lesson)}`);
  if (lesson !== null && step !== null) parts.push(`step=${step}`);
  if (replay !== null) parts.push(`replay=${replay}`);
  if (embed !== null) parts.push('embed=1', `show=${embed}`);
  if (present !== null) parts.push('present=1', `show=${present}`);
  if (notes !== null) parts.push('present=notes', `session=${notes}`);
  if (lang !== null) parts.push(`lang=${lang}`);
  return parts.length > 0 ? `?${parts.join('&')}` : '';
}
