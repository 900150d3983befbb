/** The optimiser's step over all parameters. */
import type { Binding, Shader, View } from './shader';
import { each, f } from './wgsl';

/**
 * One pass over all parameters; see src/training/optimiser.ts. `rules` contains the lr factor and decay of each number.
 * `scale` is the loss scale (a power of two) that the gradients were multiplied by.
 */
export const update = (
  count: number,
  views: {
    parameters: View;
    velocities: View;
    gradients: View;
    rules: View;
    factors: View | null;
    rate: View;
    numbers: View;
  },
  momentum: number,
  nesterov: boolean,
  scale: number,
): Shader => {
  const factors = [...(scale === 1 ? [] : [f(1 / scale)]), ...(views.factors ? ['factors[i]'] : [])];
  const bindings: Binding[] = [
    { view: views.parameters, name: 'w', write: true },
    { view: views.velocities, name: 'v', write: true },
    { view: views.gradients, name: 'g', write: factors.length > 0 },
    { view: views.rules, name: 'rules', element: 'vec2<f32>' },
    { view: views.rate, name: 'rate' },
    { view: views.numbers, name: 'numbers' },
  ];
  if (views.factors) bindings.push({ view: views.factors, name: 'factors' });
  return each(
    'update',
    count,
    bindings,
    `${factors.length > 0 ? `g[i] *= ${factors.join(' * ')};` : ''}
  if (numbers[1] == 0) { return; }
  let d = g[i] + rules[i].y * w[i];
  let moved = ${f(momentum)} * v[i] + d;
  v[i] = moved;
  w[i] -= rate[0] * rules[i].x * ${nesterov ? `(d + ${f(momentum)} * moved)` : 'moved'};`,
  );
};
