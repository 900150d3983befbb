/** A small run for tests: every curve starts at 1, and the last layer's dips by 28 % at step 37. */
import { exampleState } from '../runs/example-state';
import type { RunState } from '../runs/record';

export const exampleRun = (
  layers: number,
  steps: number,
): Pick<RunState, 'curves' | 'series' | 'evaluations'> => exampleState({ layers, steps });
