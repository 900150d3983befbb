/** What each chart is called and says about itself: one row a chart. English, to be translated where it is shown. */
import { phrase } from '../language/language';
import { PANEL_LABELS } from '../network/curves';
import type { ChartId } from './run-view';

export interface ChartText {
  title: string;
  /** One sentence: what it shows. */
  help: string;
  /** Unicode mathematics. */
  formula: string;
  /** Before there is a first step. */
  before: string;
  /** Where this network has nothing to draw there. */
  never?: string;
}

export const CHART_TEXTS: Record<ChartId, ChartText> = {
  identity: {
    title: PANEL_LABELS.identity,
    help: phrase(
      "One line a layer: the identity branch's scale (or its batch norm's gamma), summarised over its channels, before each step.",
    ),
    formula: phrase('sI in y = … + sI ⊙ x; mean = Σ s / channels'),
    before: phrase('The scales of the identity branches will appear here, one line a layer.'),
    never: phrase('The identity branch has no scale or batch norm here, so there is nothing to draw.'),
  },
  conv1x1: {
    title: PANEL_LABELS.conv1x1,
    help: phrase(
      "One line a layer: the 1x1 branch's scale (or its batch norm's gamma), summarised over its channels, before each step.",
    ),
    formula: phrase('s1 in y = … + s1 ⊙ (W1 * x); mean = Σ s / channels'),
    before: phrase('The scales of the 1x1 branches will appear here, one line a layer.'),
    never: phrase('The 1x1 branch has no scale or batch norm here, so there is nothing to draw.'),
  },
  conv3x3: {
    title: PANEL_LABELS.conv3x3,
    help: phrase(
      "One line a layer: the 3x3 branch's scale (or its batch norm's gamma), summarised over its channels, before each step.",
    ),
    formula: phrase('s3 in y = s3 ⊙ (W3 * x) + …; mean = Σ s / channels'),
    before: phrase('The scales of the 3x3 branches will appear here, one line a layer.'),
    never: phrase('The 3x3 branch has no scale or batch norm here, so there is nothing to draw.'),
  },
  conv3x1: {
    title: PANEL_LABELS.conv3x1,
    help: phrase(
      "One line a layer: the 3x1 branch's scale (or its batch norm's gamma), summarised over its channels, before each step.",
    ),
    formula: phrase('s in y = s ⊙ (W3x1 * x) + …; mean = Σ s / channels'),
    before: phrase('The scales of the 3x1 branches will appear here, one line a layer.'),
  },
  conv1x3: {
    title: PANEL_LABELS.conv1x3,
    help: phrase(
      "One line a layer: the 1x3 branch's scale (or its batch norm's gamma), summarised over its channels, before each step.",
    ),
    formula: phrase('s in y = s ⊙ (W1x3 * x) + …; mean = Σ s / channels'),
    before: phrase('The scales of the 1x3 branches will appear here, one line a layer.'),
  },
  seq3x3: {
    title: PANEL_LABELS.seq3x3,
    help: phrase(
      'One line a layer: the gamma of the second batch norm of the 1x1 → 3x3 branch, summarised over its channels, before each step.',
    ),
    formula: phrase('γ in BN(V3 * BN(V1 * x)); mean = Σ γ / channels'),
    before: phrase('The gammas of the 1x1 → 3x3 branches will appear here, one line a layer.'),
  },
  seqAvg: {
    title: PANEL_LABELS.seqAvg,
    help: phrase(
      'One line a layer: the gamma of the second batch norm of the 1x1 → average branch, summarised over its channels, before each step.',
    ),
    formula: phrase('γ in BN(avg * BN(U1 * x)); mean = Σ γ / channels'),
    before: phrase('The gammas of the 1x1 → average branches will appear here, one line a layer.'),
  },
  norm: {
    title: PANEL_LABELS.norm,
    help: phrase(
      'One line a layer: the gamma of the batch norm after the sum of the branches, summarised over its channels, before each step.',
    ),
    formula: phrase('γ in γ ⊙ (y − mean) / √(var + ε) + β'),
    before: phrase('The gammas of the batch norms after the sum will appear here, one line a layer.'),
  },
  loss: {
    title: phrase('Loss'),
    help: phrase(
      'Cross-entropy of each training batch before its step, and of the test images at every evaluation.',
    ),
    formula: phrase('L = −mean of ln softmax(logits)[right class]'),
    before: phrase('Training loss by step and test loss by evaluation will appear here.'),
  },
  accuracy: {
    title: phrase('Accuracy'),
    help: phrase(
      'Share of images whose right class has the largest logit (top-1), or one of the five largest (top-5).',
    ),
    formula: phrase('100 · right / images'),
    before: phrase('Training accuracy by step, and test top-1 and top-5 by evaluation, will appear here.'),
  },
  testAccuracy: {
    title: phrase('Test accuracy'),
    help: phrase(
      'Share of test images whose right class has the largest logit (top-1), at every evaluation.',
    ),
    formula: phrase('100 · right / images'),
    before: phrase('Test top-1 by evaluation will appear here.'),
  },
  logitStd: {
    title: phrase('Spread of the logits'),
    help: phrase(
      'Standard deviation over all logits of the training batch: early in training the network shrinks it, and the dip follows.',
    ),
    formula: phrase('σ = √(mean of (logit − mean)²)'),
    before: phrase('The standard deviation of the logits will appear here, step by step.'),
  },
};
