/** A block as one line of Unicode mathematics: "relu(2 · (BN(W₃∗x) + BN(W₁∗x) + BN(x)))". */
import type { BranchTransform, Experiment } from '../../experiment/settings';

const TERMS = [
  { key: 'conv3x3', kernel: 'W₃', scale: 's₃' },
  { key: 'conv1x1', kernel: 'W₁', scale: 's₁' },
  { key: 'conv3x1', kernel: 'W₃ₓ₁', scale: 's₃ₓ₁' },
  { key: 'conv1x3', kernel: 'W₁ₓ₃', scale: 's₁ₓ₃' },
] as const;

/** A branch with its transform; null where it is off. `kernel` is null for the identity. */
function branchTerm(kernel: string | null, scale: string, transform: BranchTransform): string | null {
  const bare = kernel === null ? 'x' : `${kernel}∗x`;
  const grouped = kernel === null ? bare : `(${bare})`;
  switch (transform) {
    case 'off':
      return null;
    case 'none':
      return bare;
    case 'constant':
      return kernel === null ? bare : `c·${grouped}`;
    case 'scale':
      return `${scale}⊙${grouped}`;
    case 'weightnorm':
      return `(${scale}⊙${kernel}/‖${kernel}‖)∗x`;
    case 'bn':
      return `BN(${bare})`;
  }
}

/** The formula of a block that keeps its shape; blocks that change it have no identity. */
export function blockFormula(
  e: Pick<
    Experiment,
    | 'conv3x3'
    | 'conv1x1'
    | 'conv3x1'
    | 'conv1x3'
    | 'seq3x3'
    | 'seqAvg'
    | 'identity'
    | 'identityAt'
    | 'copies'
    | 'branchRelu'
    | 'form'
    | 'norm'
    | 'factor'
    | 'factorAt'
  >,
): string {
  const relu = (term: string) => (e.branchRelu ? `relu(${term})` : term);
  const convolutions =
    e.form === 'gradmult'
      ? ['K∗x']
      : [
          ...TERMS.map(({ key, kernel, scale }) => {
            const several = key === 'conv3x3' && e.copies > 1;
            const term = branchTerm(several ? `${kernel}ⱼ` : kernel, several ? `${scale}ⱼ` : scale, e[key]);
            return term === null ? null : several ? `Σⱼ ${relu(term)}` : relu(term);
          }),
          e.seq3x3 === 'bn' ? relu('BN(V₃∗BN(V₁∗x))') : null,
          // not translated: mathematics.
          e.seqAvg === 'bn' ? relu('BN(avg BN(U₁∗x))') : null,
        ].filter((term) => term !== null);
  const own = e.form === 'gradmult' ? null : branchTerm(null, 's', e.identity);
  const identity = own === null ? null : relu(own);
  const past = e.identityAt === 'past' ? identity : null;
  const terms = identity !== null && past === null ? [...convolutions, identity] : convolutions;
  const sum = terms.join(' + ') || '0';
  const times = (inner: string, compound: boolean) =>
    e.factor === 1 ? inner : `${e.factor} · ${compound ? `(${inner})` : inner}`;
  const compound = terms.length > 1;

  const summed = e.factorAt === 'sum' ? times(sum, compound) : sum;
  let inner = e.norm === 'post' ? `BN(${summed})` : summed;
  let isSum = e.norm === 'none' && compound && !(e.factorAt === 'sum' && e.factor !== 1);
  const add = (term: string) => {
    inner = `${inner} + ${term}`;
    isSum = true;
  };
  if (e.factorAt === 'norm') {
    inner = times(inner, isSum);
    if (e.factor !== 1) isSum = false;
  }
  if (past !== null) add(past);
  if (e.factorAt === 'output') inner = times(inner, isSum);
  return `relu(${inner})`;
}
