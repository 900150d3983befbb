/** Random values for tests of fusing. No parameter is at its initial 0 or 1, which would hide mistakes. */
import { RandomStream } from '../experiment/random';
import { initialValues } from './initial-values';
import type { NetworkPlan } from './plan';

/** Initial values with noise, and random running statistics. */
export function randomValues(plan: NetworkPlan): Map<string, Float32Array> {
  const values = initialValues(plan, 3);
  const random = new RandomStream(5, 1);
  for (const { name, role } of plan.parameters) {
    if (role !== 'kernel' && role !== 'headWeight')
      values.set(
        name,
        values.get(name)!.map((v) => v + 0.4 * (random.uniform() - 0.5)),
      );
  }
  for (const { runningMean, runningVar, channels } of plan.batchNorms) {
    values.set(
      runningMean,
      Float32Array.from({ length: channels }, () => random.uniform() - 0.5),
    );
    values.set(
      runningVar,
      Float32Array.from({ length: channels }, () => 0.5 + random.uniform()),
    );
  }
  return values;
}
