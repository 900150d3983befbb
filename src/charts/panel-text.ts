/** The texts of a panel, the chart of one branch's scales with one line per layer, made from the row of the branch. */
import { t } from '../language/language';
import { branchRow, termBeforeTransform } from '../network/branches';
import { PANEL_LABELS, type Panel } from '../network/curves';
import type { ChartText } from './chart-text';

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
  const { map, scaleSymbol: scale } = branchRow(panel);
  const term = termBeforeTransform(panel);
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
      formula: () => t('γ in {{term}}; mean = Σ γ / channels', { term: `BN(${term})` }),
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
    formula: () =>
      t('{{scale}} in y = … + {{scale}} ⊙ {{term}}; mean = Σ s / channels', {
        scale,
        term: map.kind === 'convolution' ? `(${term})` : term,
      }),
    before: () =>
      t('The scales of the {{branch}} branches will appear here, one line per layer.', {
        branch: branch(),
      }),
    never,
  };
}
