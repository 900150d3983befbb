/** How the block's drawings name a transform: one row per transform. English, translated where it is shown. */
import type { TransformKind } from '../../experiment/settings';
import { phrase } from '../../language/language';

interface TransformText {
  /** On a node of the drawing, and behind the name of a further part. */
  label: string;
  /** In a sentence. */
  name: string;
  /** In the small sketch of a block; empty for none. */
  mark: string;
  /** The transform that a press on the drawing changes to. The cycle has the study's three; the others are in the settings panel. */
  next: TransformKind;
}

export const TRANSFORM_TEXTS: Record<TransformKind, TransformText> = {
  none: { label: phrase('bare'), name: phrase('bare'), mark: '', next: 'scale' },
  constant: { label: phrase('const'), name: phrase('a constant'), mark: 'c', next: 'scale' },
  scale: { label: phrase('scale'), name: phrase('a scale'), mark: 's', next: 'bn' },
  weightnorm: {
    label: phrase('W-norm'),
    name: phrase('a kernel at norm 1 with a scale'),
    mark: 's̄',
    next: 'bn',
  },
  bn: { label: phrase('BN'), name: phrase('a batch norm'), mark: 'BN', next: 'none' },
};
