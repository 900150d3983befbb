/**
 * What stores have to say to the reader. They keep it in English, as the language may change while it stands there, and some
 * of it is said before one is chosen; whoever shows it, shows it by `noticeInWords`.
 */
import { phrase } from '../../language/language';
import { retell } from '../../language/retell';
import { KEPT } from '../../runs/kept-words';

export const TOP_LEVEL = phrase('its top level');

export const NOTICES = {
  board: phrase(
    'The board kept in this browser could not be read (at {{place}}). It is set aside under “{{key}}” in the browser’s storage, and a new one is begun.',
  ),
  sweeps: phrase(
    'The sweeps kept in this browser could not be read (at {{place}}). It is set aside under “{{key}}” in the browser’s storage, and a new one is begun.',
  ),
  queue: phrase(
    'The queue kept in this browser could not be read (at {{place}}). It is set aside under “{{key}}” in the browser’s storage, and a new one is begun.',
  ),
  lessons: phrase(
    'The progress of the lessons kept in this browser could not be read (at {{place}}). It is set aside under “{{key}}” in the browser’s storage, and a new one is begun.',
  ),
  queueElsewhere: phrase('The queue is going on in another tab of this browser.'),
  queueWaits: phrase('The queue waits. {{why}}'),
  queueLeft: phrase('The queue is paused, because another run was started or this one reset.'),
  queueEndedEarly: phrase('The queue is paused: its run ended early.'),
  queuePaused: phrase('The queue is paused: {{why}}'),
} as const;

const KNOWN = [...Object.values(NOTICES), TOP_LEVEL, ...KEPT];

/** A store's notice in the reader's language. */
export const noticeInWords = (notice: string): string => retell(notice, KNOWN);
