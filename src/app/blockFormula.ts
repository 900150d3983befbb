/** A block as one line of Unicode mathematics: "relu(2 · (BN(W₃∗x) + BN(W₁∗x) + BN(x)))". */
import type { BranchTransform, Experiment } from '../experiment/settings';

const BRANCH_TERMS = [
  { key: 'conv3x3', term: 'W₃∗x', scale: 's₃' },
  { key: 'conv1x1', term: 'W₁∗x', scale: 's₁' },
  { key: 'identity', term: 'x', scale: 's' },
] as const;

const transformed = (term: string, scale: string, transform: BranchTransform): string[] => {
  switch (transform) {
    case 'off':
      return [];
    case 'none':
      return [term];
    case 'scale':
      return [`${scale}⊙${term === 'x' ? term : `(${term})`}`];
    case 'bn':
      return [`BN(${term})`];
  }
};

/** The formula of a block that keeps its shape; blocks that change it have no identity. */
export function blockFormula(
  e: Pick<Experiment, 'conv3x3' | 'conv1x1' | 'identity' | 'norm' | 'factor' | 'factorAt'>,
): string {
  const terms = BRANCH_TERMS.flatMap(({ key, term, scale }) => transformed(term, scale, e[key]));
  const sum = terms.join(' + ') || '0';
  const scaled = (inner: string, compound: boolean) =>
    e.factor === 1 ? inner : `${e.factor} · ${compound ? `(${inner})` : inner}`;
  const compound = terms.length > 1;
  if (e.norm === 'none') return `relu(${scaled(sum, compound)})`;
  return e.factorAt === 'output'
    ? `relu(${scaled(`BN(${sum})`, false)})`
    : `relu(BN(${scaled(sum, compound)}))`;
}
