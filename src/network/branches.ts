/**
 * The branch catalogue: one row per branch of a block. Planning, fusing, the exporters, panels, formulas and drawings
 * read it. The branch's setting (which transforms it may have) is the row of the same name in `src/experiment/settings.ts`.
 */
import type { BranchKey } from '../experiment/settings';
import { phrase } from '../language/language';

/** What a branch computes of the block's input, before its transform. Every kernel fits into 3x3 pixels, so that a block fuses into one. */
export type BranchMap =
  | { kind: 'convolution'; height: 1 | 3; width: 1 | 3 }
  /** A 1x1 convolution with batch norm, then a 3x3 convolution or a 3x3 average per channel (DBB). */
  | { kind: 'sequence'; second: 'convolution' | 'average' }
  | { kind: 'identity' };

interface Branch {
  map: BranchMap;
  /** Title of the panel with its curves; English, translated where it is shown. */
  label: string;
  /** Label in the small sketch of a block. */
  short: string;
  /** Label in the drawing of the block; null where the branch is one of the parts below the drawing. English. */
  drawnAs: string | null;
  /** In formulas: the kernel of a convolution, else everything that the transform applies to. */
  symbol: string;
  /** In formulas: its scale; null where it cannot have one. */
  scaleSymbol: string | null;
  /** Whether the setting `copies` multiplies it. */
  copied?: true;
}

/** In the order in which a block sums its branches. */
export const BRANCHES = {
  conv3x3: {
    map: { kind: 'convolution', height: 3, width: 3 },
    label: '3x3',
    short: '3x3',
    drawnAs: '3x3',
    symbol: 'W₃',
    scaleSymbol: 's₃',
    copied: true,
  },
  conv1x1: {
    map: { kind: 'convolution', height: 1, width: 1 },
    label: '1x1',
    short: '1x1',
    drawnAs: '1x1',
    symbol: 'W₁',
    scaleSymbol: 's₁',
  },
  conv3x1: {
    map: { kind: 'convolution', height: 3, width: 1 },
    label: '3x1',
    short: '3x1',
    drawnAs: null,
    symbol: 'W₃ₓ₁',
    scaleSymbol: 's₃ₓ₁',
  },
  conv1x3: {
    map: { kind: 'convolution', height: 1, width: 3 },
    label: '1x3',
    short: '1x3',
    drawnAs: null,
    symbol: 'W₁ₓ₃',
    scaleSymbol: 's₁ₓ₃',
  },
  seq3x3: {
    map: { kind: 'sequence', second: 'convolution' },
    label: '1x1 → 3x3',
    short: '1→3',
    drawnAs: null,
    symbol: 'V₃∗BN(V₁∗x)',
    scaleSymbol: null,
  },
  seqAvg: {
    map: { kind: 'sequence', second: 'average' },
    label: phrase('1x1 → average'),
    short: '1→avg',
    drawnAs: null,
    // not translated: a formula
    symbol: 'avg BN(U₁∗x)',
    scaleSymbol: null,
  },
  identity: {
    map: { kind: 'identity' },
    label: phrase('Identity'),
    short: 'id',
    drawnAs: phrase('identity'),
    symbol: 'x',
    scaleSymbol: 's',
  },
} as const satisfies Record<BranchKey, Branch>;

export type BranchName = keyof typeof BRANCHES;

export const BRANCH_NAMES = Object.keys(BRANCHES) as BranchName[];

export const branchRow = (name: BranchName): Branch => BRANCHES[name];

/** The branches of the study, which the drawing of the block shows and whose panels are always there. */
export type DrawnBranch = {
  [K in BranchName]: (typeof BRANCHES)[K]['drawnAs'] extends string ? K : never;
}[BranchName];

export const DRAWN_BRANCHES = BRANCH_NAMES.filter(
  (name): name is DrawnBranch => BRANCHES[name].drawnAs !== null,
);

/** A branch in formulas, before its transform; `index` follows the symbol of one of several copies. */
export function termBeforeTransform(name: BranchName, index = ''): string {
  const { map, symbol } = branchRow(name);
  return map.kind === 'convolution' ? `${symbol}${index}∗x` : `${symbol}${index}`;
}

/** Height and width in pixels of the kernel that a branch fuses into before padding: 3x3 for sequences, 1x1 for the identity. */
export function kernelSize(name: BranchName): readonly [height: 1 | 3, width: 1 | 3] {
  const { map } = branchRow(name);
  switch (map.kind) {
    case 'convolution':
      return [map.height, map.width];
    case 'sequence':
      return [3, 3];
    case 'identity':
      return [1, 1];
    default:
      return map satisfies never;
  }
}

/** Which of the nine taps of a 3x3 kernel (row by row) a branch's own kernel fills, in its own order. */
export function tapsOf(name: BranchName): number[] {
  const [height, width] = kernelSize(name);
  const first = 4 - 3 * ((height - 1) / 2) - (width - 1) / 2;
  return Array.from({ length: height * width }, (_, i) => first + 3 * Math.floor(i / width) + (i % width));
}
