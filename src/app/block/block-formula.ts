/** A block as one line of Unicode mathematics: "relu(2 · (BN(W₃∗x) + BN(W₁∗x) + BN(x)))". */
import type { Experiment, TransformKind } from '../../experiment/settings';
import { blockValue } from '../../network/block-arithmetic';
import { BRANCH_NAMES, branchRow, termBeforeTransform, type BranchName } from '../../network/branches';

/** A branch with its transform; `index` follows its symbols if there are several copies. */
function branchTerm(name: BranchName, transform: TransformKind, index: string): string {
  const row = branchRow(name);
  const isConvolution = row.map.kind === 'convolution';
  const bare = termBeforeTransform(name, index);
  const grouped = isConvolution ? `(${bare})` : bare;
  const scale = `${row.scaleSymbol}${index}`;
  switch (transform) {
    case 'none':
      return bare;
    case 'constant':
      // An identity's constant is 1.
      return isConvolution ? `c·${grouped}` : bare;
    case 'scale':
      return `${scale}⊙${grouped}`;
    case 'weightnorm': {
      const kernel = `${row.symbol}${index}`;
      return `(${scale}⊙${kernel}/‖${kernel}‖)∗x`;
    }
    case 'bn':
      return `BN(${bare})`;
    default:
      return transform satisfies never;
  }
}

interface Formula {
  text: string;
  /** Whether a factor before it needs brackets. */
  isSum: boolean;
}

/** The formula of a block that keeps its shape; blocks that change it have no identity. */
export function blockFormula(
  e: Pick<
    Experiment,
    BranchName | 'identityAt' | 'copies' | 'branchRelu' | 'form' | 'norm' | 'factor' | 'factorAt'
  >,
): string {
  const relu = (term: string) => (e.branchRelu ? `relu(${term})` : term);
  const termOf = (name: BranchName): string[] => {
    const transform = e[name];
    if (transform === 'off') return [];
    return branchRow(name).copied && e.copies > 1
      ? [`Σⱼ ${relu(branchTerm(name, transform, 'ⱼ'))}`]
      : [relu(branchTerm(name, transform, ''))];
  };
  const past = e.identityAt === 'past' && e.form === 'branches' ? (termOf('identity')[0] ?? null) : null;
  const terms =
    e.form === 'gradmult'
      ? ['K∗x']
      : BRANCH_NAMES.flatMap((name) => (name === 'identity' && past !== null ? [] : termOf(name)));
  const block = { ...e, norm: e.norm === 'none' ? null : e.norm, past, relu: true };
  const { text } = blockValue<Formula, 'post', string>(block, {
    sumOfBranches: () => ({ text: terms.join(' + ') || '0', isSum: terms.length > 1 }),
    times: ({ text: inner, isSum }, factor) => ({
      text: `${factor} · ${isSum ? `(${inner})` : inner}`,
      isSum: false,
    }),
    norm: (y) => ({ text: `BN(${y.text})`, isSum: false }),
    addPast: (y, term) => ({ text: `${y.text} + ${term}`, isSum: true }),
    // not translated: mathematics
    relu: (y) => ({ text: `relu(${y.text})`, isSum: false }),
  });
  return text;
}
