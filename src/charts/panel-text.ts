/** The texts of a panel, the chart of one branch's scales with one line per layer, made from the branch. */
import { t } from '../language/language';
import { PANEL_LABELS, type Panel } from '../network/curves';
import type { ChartText } from './chart-text';

/** The branch's part of the block's sum; `scale` is null where its curve is the gamma of a second batch norm. */
const TERMS: Record<Exclude<Panel, 'norm'>, { scale: string | null; term: string }> = {
  identity: { scale: 'sI', term: 'x' },
  conv1x1: { scale: 's1', term: '(W1 * x)' },
  conv3x3: { scale: 's3', term: '(W3 * x)' },
  conv3x1: { scale: 's', term: '(W3x1 * x)' },
  conv1x3: { scale: 's', term: '(W1x3 * x)' },
  seq3x3: { scale: null, term: 'BN(V3 * BN(V1 * x))' },
  seqAvg: { scale: null, term: 'BN(avg * BN(U1 * x))' },
};

export function panelText(panel: Panel): ChartText {
  const title = PANEL_LABELS[panel];
  if (panel === 'norm')
    return {
      title,
      help: () =>
        t(
          'One line per layer: the gamma of the batch norm after the sum of the branches, summarised over its channels, before each step.',
        ),
      formula: () => t('γ in γ ⊙ (y − mean) / √(var + ε) + β'),
      before: () => t('The gammas of the batch norms after the sum will appear here, one line per layer.'),
    };
  const branch = () => t(title).toLowerCase();
  const { scale, term } = TERMS[panel];
  const never = () =>
    t('The {{branch}} branch has no scale or batch norm here, so there is nothing to draw.', {
      branch: branch(),
    });
  if (scale === null)
    return {
      title,
      help: () =>
        t(
          'One line per layer: the gamma of the second batch norm of the {{branch}} branch, summarised over its channels, before each step.',
          { branch: branch() },
        ),
      formula: () => t('γ in {{term}}; mean = Σ γ / channels', { term }),
      before: () =>
        t('The gammas of the {{branch}} branches will appear here, one line per layer.', {
          branch: branch(),
        }),
      never,
    };
  return {
    title,
    help: () =>
      t(
        "One line per layer: the {{branch}} branch's scale (or its batch norm's gamma), summarised over its channels, before each step.",
        { branch: branch() },
      ),
    formula: () => t('{{scale}} in y = … + {{scale}} ⊙ {{term}}; mean = Σ s / channels', { scale, term }),
    before: () =>
      t('The scales of the {{branch}} branches will appear here, one line per layer.', {
        branch: branch(),
      }),
    never,
  };
}
