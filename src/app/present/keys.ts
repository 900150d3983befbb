/** The keys of a presentation, of keyboards and clickers: one table for their actions and for the list that the page shows. */
import { phrase } from '../../language/language';

export type PresentAction =
  | 'next'
  | 'previous'
  | 'primary'
  | 'reveal'
  | 'restart'
  | 'chartAfter'
  | 'chartBefore'
  | 'play'
  | 'later'
  | 'earlier'
  | 'code'
  | 'notes'
  | 'fullScreen'
  | 'colours'
  | 'keys'
  | 'leave';

export interface KeyRow {
  action: PresentAction;
  /** `KeyboardEvent.key`, letters in lower case. */
  keys: readonly string[];
  /** As the list shows them. */
  caps: readonly string[];
  does: string;
}

export const KEYS: readonly KeyRow[] = [
  {
    action: 'next',
    keys: ['ArrowRight', 'PageDown'],
    caps: ['→', 'PgDn'],
    does: phrase(
      'Forward: more of the text, then the next step of the lesson; without a lesson, the next chart',
    ),
  },
  {
    action: 'previous',
    keys: ['ArrowLeft', 'PageUp'],
    caps: ['←', 'PgUp'],
    does: phrase('Back: the previous step or chart'),
  },
  {
    action: 'primary',
    // The black-screen button of a clicker sends B or a full stop.
    keys: [' ', 's', 'b', '.'],
    caps: [phrase('Space'), 'B', '.'],
    does: phrase('Start, pause, resume; in a lesson, the action of the step'),
  },
  { action: 'reveal', keys: ['Enter'], caps: ['Enter'], does: phrase('Reveal the answer of the step') },
  {
    action: 'restart',
    keys: ['r'],
    caps: ['R'],
    does: phrase('Start again, with the current settings'),
  },
  { action: 'chartAfter', keys: ['ArrowDown'], caps: ['↓'], does: phrase('Next chart, also in a lesson') },
  {
    action: 'chartBefore',
    keys: ['ArrowUp'],
    caps: ['↑'],
    does: phrase('Previous chart, also in a lesson'),
  },
  { action: 'play', keys: ['t'], caps: ['T'], does: phrase('Play the recorded steps of the run, or pause') },
  { action: 'later', keys: [']'], caps: [']'], does: phrase('One step later') },
  { action: 'earlier', keys: ['['], caps: ['['], does: phrase('One step earlier') },
  { action: 'code', keys: ['q'], caps: ['Q'], does: phrase('QR code of what is shown') },
  { action: 'notes', keys: ['n'], caps: ['N'], does: phrase('Second window with notes and answers') },
  {
    action: 'fullScreen',
    // The start button of a clicker sends F5. Reloading would end the run.
    keys: ['f', 'F5'],
    caps: ['F', 'F5'],
    does: phrase('Full screen'),
  },
  { action: 'colours', keys: ['d'], caps: ['D'], does: phrase('Light or dark colours') },
  { action: 'keys', keys: ['?'], caps: ['?'], does: phrase('This list') },
  { action: 'leave', keys: ['Escape', 'p'], caps: ['Esc', 'P'], does: phrase('Back to the lab') },
];

/** What has the focus when a key is pressed. */
export type Focus =
  /** A button or a link, which handles Space and Enter itself. */
  | 'button'
  /** A field, a menu or a dialog, which handles all keys itself. */
  | 'field'
  | 'page';

export type Pressed = { key: string; modified: boolean };

/** What a key does: an action, the switch of that number (from 1), or nothing. */
export function actionFor({ key, modified }: Pressed, focus: Focus): PresentAction | number | null {
  if (modified || focus === 'field') return null;
  if (focus === 'button' && (key === ' ' || key === 'Enter')) return null;
  if (/^[1-9]$/.test(key)) return Number(key);
  const wanted = key.length === 1 ? key.toLowerCase() : key;
  return KEYS.find(({ keys }) => keys.includes(wanted))?.action ?? null;
}

const FIELDS =
  // not translated: selectors.
  'input, textarea, select, [contenteditable="true"], [role="dialog"], [role="menu"], [role="listbox"], [role="slider"]';
const BUTTONS = 'button, a, summary, [role="button"]';

/** What the element that a key was sent to is. */
export function focusOf(target: EventTarget | null): Focus {
  if (!(target instanceof Element)) return 'page';
  if (target.closest(FIELDS)) return 'field';
  return target.closest(BUTTONS) ? 'button' : 'page';
}
