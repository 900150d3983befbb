/** The messages between a presentation and its second window: the state to show, and button presses in return. */
import { z } from 'zod';

/** Upper limit of a lesson's texts. A longer text is not a message of the lab. */
const text = z.string().max(20_000);
const line = z.string().max(1000);

export const NOTE_BUTTONS = ['previous', 'primary', 'next', 'reveal'] as const;
export type NoteButton = (typeof NOTE_BUTTONS)[number];

const stateSchema = z.strictObject({
  type: z.literal('state'),
  /** Of the step, or of what is shown. */
  title: line,
  /** Which lesson and step; null without a lesson. */
  position: line.nullable(),
  /** In the notation of lessons where `markup`. */
  notes: z.strictObject({ text, markup: z.boolean() }).nullable(),
  /** The answer, in the notation of lessons; null where nothing is asked. */
  answer: text.nullable(),
  /** What of the settings differs from the default. */
  settings: line,
  /** Title of the next step or chart; null if there is none. */
  next: line.nullable(),
  /** How the run stands. */
  status: line,
  /** When the presentation began, in ms since 1970. */
  began: z.number(),
  primary: z.strictObject({ label: line, ready: z.boolean() }),
  /** Null if there is nothing to reveal. */
  reveal: z.enum(['ready', 'waiting', 'done']).nullable(),
  hasPrevious: z.boolean(),
});
/** What the second window shows. */
export type NotesState = z.infer<typeof stateSchema>;

const fromPresentation = z.discriminatedUnion('type', [
  stateSchema,
  /** The presentation was left or closed. */
  z.strictObject({ type: z.literal('ended') }),
]);
export type FromPresentation = z.infer<typeof fromPresentation>;

const fromNotes = z.discriminatedUnion('type', [
  /** The window is open and knows nothing yet. */
  z.strictObject({ type: z.literal('opened') }),
  z.strictObject({ type: z.literal('closed') }),
  z.strictObject({ type: z.literal('press'), button: z.enum(NOTE_BUTTONS) }),
]);
export type FromNotes = z.infer<typeof fromNotes>;

export const channelName = (session: string): string => `branch-lab-present-${session}`;

/** A message for the second window; null for anything else, such as its own messages, or those of another version of the lab. */
export const readFromPresentation = (data: unknown): FromPresentation | null =>
  fromPresentation.safeParse(data).data ?? null;

/** A message for the presentation; null for anything else. */
export const readFromNotes = (data: unknown): FromNotes | null => fromNotes.safeParse(data).data ?? null;

/** Cuts a line to what a message may hold. */
export const asLine = (value: string): string => (value.length > 1000 ? `${value.slice(0, 999)}…` : value);
