/**
 * What the trainer says in words. Records keep it, and the language may change while a run is going on, so the trainer says
 * it in English, and whoever shows it tells it in the reader's language: spokenReason, spokenAdapter.
 */
import { DATASET_LABELS } from '../data/names';
import { DAMAGED, LABEL_OUT_OF_RANGE, NOT_STORED, OTHER_LENGTH } from '../data/store/store-texts';
import { KERNEL_FAILURES } from '../kernels/failures';
import { sentences } from '../language/join';
import { phrase } from '../language/language';
import { retell } from '../language/retell';

/** How a run ended. */
export const ENDS = {
  finished: phrase('All {{steps}} steps are done.'),
  stopped: phrase('Stopped after {{step}} steps.'),
  failed: phrase(
    'Training failed: {{reason}} What is recorded is kept; try another backend or a smaller network.',
  ),
  otherData: phrase(
    'The run was trained on the data set with the digest {{wanted}}…; here is “{{label}}”, {{found}}…. Choose that set under Data and resume again, or branch from the run instead.',
  ),
  nothingToDo: phrase(
    'It would begin at step {{step}} and end at step {{total}}. Set a longer run in the settings and start again.',
  ),
} as const;

/** Where the activations of a run that diverged grew. */
export const GROWTH = {
  notFiniteAtOnce: phrase(
    'The loss stopped being finite at step {{step}}: the activations of layer 1 are not finite, after the image. Lower the learning rate or the factor, or use a norm.',
  ),
  notFinite: phrase(
    'The loss stopped being finite at step {{step}}: the activations of layer {{layer}} are not finite, after layer {{before}}, whose RMS is {{rms}}. Lower the learning rate or the factor, or use a norm.',
  ),
  grewAtOnce: phrase(
    'The loss stopped being finite at step {{step}}. The activations grew most in layer {{layer}}: RMS {{rms}}, from 1 in the image; the last layer’s is {{last}}. Lower the learning rate or the factor, or use a norm.',
  ),
  grew: phrase(
    'The loss stopped being finite at step {{step}}. The activations grew most in layer {{layer}}: RMS {{rms}}, from {{from}} in layer {{before}}; the last layer’s is {{last}}. Lower the learning rate or the factor, or use a norm.',
  ),
} as const;

/** Why a backend was chosen, or not. */
export const CHOICE = {
  none: phrase('No backend works in this browser. {{reasons}}'),
  notUsed: phrase('{{backend}} is not used: {{why}}'),
  askedFor: phrase('{{backend}} was asked for.'),
  fastest: phrase('The fastest backend works here.'),
  next: phrase('{{backend}} is the next in order.'),
  javascript: phrase('Plain JavaScript'),
  notStarted: phrase('it did not start.'),
  halfPrecision: phrase('it offers 16-bit numbers only.'),
  single: phrase('Half precision is WebGPU’s alone: numbers are in single precision here.'),
  noWebgpu: phrase('this browser has no WebGPU.'),
  noAdapter: phrase('the browser offers no adapter.'),
  software: phrase('the only adapter is software ({{adapter}}), slower than WebAssembly.'),
  wrongSum: phrase('a test sum came out wrong ({{found}} instead of {{expected}}).'),
} as const;

/** What computes. */
export const ADAPTER = {
  notIsolated: phrase('{{adapter}} (the page is not cross-origin isolated)'),
  software: phrase('{{adapter}} (software)'),
  half: phrase('{{adapter}}, half precision'),
  unnamed: phrase('unnamed adapter'),
  thread: phrase('1 thread'),
  simdThread: phrase('SIMD, 1 thread'),
  simdThreads: phrase('SIMD, {{threads}} threads'),
  relaxedThread: phrase('relaxed SIMD, 1 thread'),
  relaxedThreads: phrase('relaxed SIMD, {{threads}} threads'),
} as const;

/** What a start is busy with. */
export const PREPARING = {
  backend: phrase('Starting the backend'),
  builtin: phrase('Drawing the built-in data set'),
  stored: phrase('Loading the data set'),
} as const;

/** Why a question has no answer. */
export const UNANSWERED = {
  noNetwork: phrase('There is no network yet; start the run first.'),
  failed: phrase('It did not work: {{reason}}'),
  gone: phrase(
    'Its network is no longer in memory: another run has begun since, or the trainer was restarted. Run it again.',
  ),
  probeFailed: phrase('The probe did not work: {{reason}}'),
  notFinite: phrase(
    'The network’s outputs are not finite numbers, so it names no class. Its training has diverged: lower the learning rate and run it again.',
  ),
  noTestImages: phrase('This run has no test images.'),
  stopped: phrase('It was stopped before all images were tested. Test again.'),
} as const;

const ADAPTERS: readonly string[] = Object.values(ADAPTER);
const REASONS: readonly string[] = [
  ...[ENDS, GROWTH, CHOICE, KERNEL_FAILURES, PREPARING, UNANSWERED].flatMap((texts) =>
    // The longer ones are the more particular.
    Object.values<string>(texts).toSorted((a, b) => b.length - a.length),
  ),
  NOT_STORED,
  DAMAGED,
  OTHER_LENGTH,
  LABEL_OUT_OF_RANGE,
  ...DATASET_LABELS,
  ...ADAPTERS,
];

// not translated: a pattern, as the next.
const BACKENDS = '(?:WebGPU|WebAssembly|WebGL|Plain JavaScript)';
const OF_BACKENDS = new RegExp(`^${BACKENDS} `);
/** Where one sentence about a backend begins after another. */
const NEXT = new RegExp(
  // not translated: as above.
  ` (?=${BACKENDS} (?:is not used: |was asked for\\.|is the next in order\\.)|The fastest backend works here\\.|Half precision is WebGPU’s alone)`,
);

/** A reason of the trainer's in the reader's language: why a run ended, a backend was chosen, a question has no answer. */
export function spokenReason(reason: string): string {
  const parts = OF_BACKENDS.test(reason) ? reason.split(NEXT) : [];
  return parts.length > 1 ? sentences(...parts.map(spokenReason)) : retell(reason, REASONS, spokenReason);
}

/** What computes, in the reader's language: "SIMD, 2 threads". */
export const spokenAdapter = (adapter: string): string => retell(adapter, ADAPTERS);
