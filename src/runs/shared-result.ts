/**
 * The format of the value of `#r=`, and reading it. Nothing in it is trusted: every number has bounds, texts are plain, and
 * a value that does not fit is refused with what was expected and what was found.
 */
import { z } from 'zod';
import { BACKEND_NAMES } from '../experiment/backends';
import { t } from '../language/language';
import { messageOfOldText } from '../language/old-texts';
import { PANELS, type Panel } from '../network/curves';
import { fromLinkText, ResultLinkError } from './fragment-codec';
import { NAME_LENGTH } from './record-schema';

export { ResultLinkError } from './fragment-codec';

/** Distance from the run that a curve may have, as a share of its range. */
export const CURVE_ERROR = 0.005;
/** Values are counted from the lowest (0) to the highest. */
export const LEVELS = 8191;
export const MOST_STEPS = 2_000_000;
export const MOST_POINTS = 4096;
export const DIGEST_PREFIX = 16;
const ID_LENGTH = 16;
/** The year 2100. */
export const LATEST = 4_102_444_800;

export const FLOAT32 = 3.5e38;
const real = z.number().min(-FLOAT32).max(FLOAT32);
const steps = z.int().min(0).max(MOST_STEPS);
const share = z.number().min(0).max(1);
const hex = (most: number) =>
  z
    .string()
    .regex(/^[0-9a-f]*$/, { error: () => t('expected hexadecimal digits') })
    .max(most);

/** Angle brackets, controls, and what turns the direction of writing. */
export const NO_TEXT = /[<>\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const plainText = (most: number) =>
  z
    .string()
    .max(most)
    .refine((text) => text.search(NO_TEXT) < 0, {
      error: () => t('expected plain text without markup or control characters'),
    });

const SHOWN = ['loss', 'testAccuracy', ...PANELS] as const;
export const EVALUATIONS = 3;

export const curveFacts = z.strictObject({
  of: z.enum(SHOWN),
  /** Of a panel's curve; 0 for others. */
  layer: z.int().min(0).max(10_000),
  kind: z.enum(['scale', 'gamma']),
  min: real,
  max: real,
  /** Greatest distance from the run's own values, as a share of max − min. */
  error: share,
  points: z.int().min(1).max(MOST_POINTS),
});

const id = hex(ID_LENGTH).length(ID_LENGTH);

const factsSchema = z.strictObject({
  /** The same for every link and record of one run: the digits tell runs apart, and nothing else. */
  id,
  /** When the run was begun, in seconds since 1970. */
  startedAt: z.int().min(0).max(LATEST),
  name: plainText(NAME_LENGTH),
  query: plainText(4000).startsWith('?'),
  backend: z.enum(BACKEND_NAMES),
  /** Links have English texts; `oldTextOf` writes them. */
  adapter: plainText(NAME_LENGTH).transform(messageOfOldText),
  appVersion: plainText(40),
  dataset: z.strictObject({
    label: plainText(NAME_LENGTH).transform(messageOfOldText),
    digest: hex(DIGEST_PREFIX),
  }),
  /** Recorded, counted from step 0. */
  steps,
  totalSteps: steps,
  /** The checkpoint of another run at which it began; null where it began anew. */
  origin: z.strictObject({ id, step: steps }).nullable(),
  /** The last ones, oldest first. */
  evaluations: z
    .array(z.strictObject({ step: steps, images: steps, loss: real.nullable(), top1: share, top5: share }))
    .max(EVALUATIONS),
  dips: z
    .array(
      z.strictObject({
        panel: z.enum(PANELS),
        layer: z.int().min(0).max(10_000),
        step: steps,
        depth: real,
        halfRecoveryStep: steps.nullable(),
      }),
    )
    .max(PANELS.length),
  /** Null while the run was going on. */
  end: z
    .strictObject({
      how: z.enum(['finished', 'stopped', 'diverged', 'failed']),
      step: steps,
      /** Of the weights, its beginning: it tells different weights apart. */
      digest: hex(DIGEST_PREFIX).nullable(),
    })
    .nullable(),
  curves: z.array(curveFacts).max(SHOWN.length),
});
export type Facts = z.infer<typeof factsSchema>;
/** The facts as a link has them. */
export type WrittenFacts = z.input<typeof factsSchema>;

export interface SharedCurve extends Omit<z.infer<typeof curveFacts>, 'points' | 'min' | 'max'> {
  /** Ascending. */
  steps: number[];
  values: number[];
}

export interface SharedResult extends Omit<Facts, 'curves'> {
  curves: SharedCurve[];
}

/** The preset dictionary of version 1: a part of its format, never to be changed. */
export const DICTIONARY = new TextEncoder().encode(
  [
    // not translated: links hold these bytes.
    '"WebGL 1.0""JavaScript""SwiftShader (software)"CIFAR-100, 10,000 of 50,000 training images, easy, hard',
    '&factor=1&lr=0.&seed=&depths=1,2&widths=8,16,32&strides=2,2&batch=64&length=1000&evalEvery=100&backend=webgpu',
    ',"end":{"how":"stopped""diverged""failed"null,"layer":10,"kind":"scale","min":0.9',
    '"of":"conv3x1""conv1x3""seq3x3""seqAvg""norm"',
    '{"id":"","startedAt":1800000000,"name":"","query":"?v=1&preset=simplified","backend":"wasm","adapter":"SIMD, 2 threads","appVersion":"0.1.0",',
    // not translated: as above.
    '"dataset":{"label":"Built-in shapes, medium, 10,000 training images (not CIFAR-100)","digest":""},"steps":400,"totalSteps":400,"origin":null,',
    '"evaluations":[{"step":400,"images":2000,"loss":3.1,"top1":0.2,"top5":0.5}],',
    '"dips":[{"panel":"identity","layer":10,"step":37,"depth":0.2,"halfRecoveryStep":null},',
    '{"panel":"conv1x1","layer":10,"step":{"panel":"conv3x3","layer":10,"step":],"end":{"how":"finished","step":400,"digest":""},',
    '"curves":[{"of":"loss","layer":0,"kind":"gamma","min":2.,"max":4.,"error":0.005,"points":200},',
    '{"of":"testAccuracy","layer":0,"kind":"gamma","min":0,"max":0.2,"error":0,"points":5},',
    '{"of":"identity","layer":10,"kind":"gamma","min":0.7,"max":1,"error":0.005,"points":40},',
    '{"of":"conv1x1","layer":10,"kind":"gamma","min":0.{"of":"conv3x3","layer":10,"kind":"gamma","min":0.',
  ].join(''),
);

/** The value at a level of a range; the ends are exact. */
export const valueAt = (level: number, min: number, max: number) => {
  if (level === 0) return min;
  return level === LEVELS ? max : min + (max - min) * (level / LEVELS);
};

/** Reads the value of `#r=`. Throws ResultLinkError, and nothing else. */
export function parseResultLink(text: string): SharedResult {
  const bytes = fromLinkText(text, DICTIONARY);
  let at = 0;
  /** `what` is said where it is not there. */
  const take = (what: () => string): number => {
    let value = 0;
    for (let i = 0; i < 4; i++) {
      const byte = bytes[at++];
      if (byte === undefined)
        throw new ResultLinkError(t('expected {{what}}, found the end', { what: what() }));
      value |= (byte & 127) << (7 * i);
      if (byte < 128) return value;
    }
    throw new ResultLinkError(
      t('expected {{what}} below {{most}}, found more', { what: what(), most: 2 ** 28 }),
    );
  };
  const length = take(() => t('the length of the facts'));
  if (length > bytes.length - at)
    throw new ResultLinkError(
      t('expected {{expected}} bytes of facts, found {{found}}', {
        expected: length,
        found: bytes.length - at,
      }),
    );
  const facts = parsedFacts(bytes.subarray(at, at + length));
  at += length;
  const curves = facts.curves.map(({ points, min, max, ...about }): SharedCurve => {
    if (min > max)
      throw new ResultLinkError(
        t('expected a range of {{curve}}, found {{min}} to {{max}}', { curve: about.of, min, max }),
      );
    // Written as the shortest decimals that are these float32.
    const [low, high] = [Math.fround(min), Math.fround(max)];
    const stepsOf: number[] = [];
    for (let i = 0, step = 0; i < points; i++) {
      const distance = take(() => t('a step of {{curve}}', { curve: about.of }));
      if (i > 0 && distance === 0)
        throw new ResultLinkError(
          t('expected ascending steps of {{curve}}, found {{step}} twice', { curve: about.of, step }),
        );
      step += distance;
      if (step > facts.steps)
        throw new ResultLinkError(
          t('expected steps of {{curve}} up to {{most}}, found {{found}}', {
            curve: about.of,
            most: facts.steps,
            found: step,
          }),
        );
      stepsOf.push(step);
    }
    const values: number[] = [];
    for (let i = 0, level = 0; i < points; i++) {
      const coded = take(() => t('a value of {{curve}}', { curve: about.of }));
      level += coded % 2 === 1 ? -(coded + 1) / 2 : coded / 2;
      if (level < 0 || level > LEVELS)
        throw new ResultLinkError(
          t('expected values of {{curve}} from 0 to {{most}}, found {{found}}', {
            curve: about.of,
            most: LEVELS,
            found: level,
          }),
        );
      values.push(valueAt(level, low, high));
    }
    return { ...about, steps: stepsOf, values };
  });
  if (at !== bytes.length)
    throw new ResultLinkError(
      t('expected {{expected}} bytes, found {{found}}', { expected: at, found: bytes.length }),
    );
  return { ...facts, curves };
}

function parsedFacts(bytes: Uint8Array): Facts {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new ResultLinkError(t('expected JSON, found something else ({{why}})', { why: String(error) }));
  }
  const read = factsSchema.safeParse(json);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw new ResultLinkError(
      t('at {{place}}: {{problem}}', {
        place: issue!.path.join('.') || t('the top level'),
        problem: issue!.message,
      }),
    );
  }
  const facts = read.data;
  const twice = facts.curves.find(({ of }, i) => facts.curves.some((other, j) => j < i && other.of === of));
  if (twice) throw new ResultLinkError(t('expected one curve of {{curve}}, found two', { curve: twice.of }));
  const late = [
    ...facts.evaluations.map(({ step }) => step),
    ...facts.dips.flatMap(({ step, halfRecoveryStep }) => [step, halfRecoveryStep ?? 0]),
  ].find((step) => step > facts.steps);
  if (late !== undefined)
    throw new ResultLinkError(
      t('expected evaluations and dips up to step {{most}}, found {{found}}', {
        most: facts.steps,
        found: late,
      }),
    );
  return facts;
}

/** The dip of a panel's last block; null where it has none. */
export const dipOf = ({ dips }: Pick<SharedResult, 'dips'>, panel: Panel) =>
  dips.find((dip) => dip.panel === panel) ?? null;

/** Curves that were thinned further than promised, "loss within 4.2 % of its range"; empty where none was. */
export function droppedPoints({
  curves,
}: Pick<SharedResult, 'curves'>): { of: SharedCurve['of']; error: number }[] {
  return curves.filter(({ error }) => error > CURVE_ERROR).map(({ of, error }) => ({ of, error }));
}
