/** The branches' lines in the drawing, as thick as their scales at the shown step, and a legend with the numbers. */
import { Text } from '@mantine/core';
import { Fragment } from 'react';
import { layerInSentence } from '../../charts/run-view';
import { t } from '../../language/language';
import { PANEL_LABELS } from '../../network/curves';
import type { RunState } from '../../runs/record';
import classes from './BlockDiagram.module.css';
import { count } from '../controls/format';
import { shownStep } from '../store/playhead';
import { usePicked } from '../store/picked-curve';
import { useRun } from '../store/run';
import { DRAWN_SCALES, scaleAt, thicknessOf, type DrawnScale } from './branch-scales';
import { useFrameStep } from '../time/useShownRun';

/** The run, its shown step and its picked curve; null before anything is recorded. */
function useDrawn(): { run: RunState; step: number; picked: number | null } | null {
  const run = useRun((state) => state.run);
  useRun((state) => state.revision);
  const step = useFrameStep();
  const picked = usePicked((state) => (state.runId === run?.id ? state.curve : null));
  if (!run?.plan || run.series.count <= run.series.first) return null;
  return { run, step: Math.min(shownStep(run, { step }), run.series.count - 1), picked };
}

/** A branch's line in the drawing; thin if the branch is off or there is no run. */
export function BranchLine({ part, d, off = false }: { part: DrawnScale; d: string; off?: boolean }) {
  const drawn = useDrawn();
  const scale = drawn && !off ? scaleAt(drawn.run, part, drawn.step, drawn.picked) : null;
  return (
    <path
      className={classes.wire}
      data-off={off || undefined}
      data-scale={scale?.toFixed(4)}
      style={scale === null ? undefined : { strokeWidth: thicknessOf(scale) }}
      d={d}
    />
  );
}

/** Legend: which layer and step the lines show, and the scales as numbers. */
export function BranchLegend() {
  const drawn = useDrawn();
  if (!drawn) return null;
  const { run, step, picked } = drawn;
  const scales = DRAWN_SCALES.flatMap((part) => {
    const scale = scaleAt(run, part, step, picked);
    return scale === null ? [] : [{ part, text: `${t(PANEL_LABELS[part])} ${scale.toFixed(3)}` }];
  });
  if (scales.length === 0) return null;
  const values = { step: count(step) };
  return (
    <Text size="xs" ta="center" mt={6} component="div">
      {picked === null
        ? t(
            'Lines as thick as the mean |scale| of the last block that has the branch, at step {{step}}:',
            values,
          )
        : t('Lines as thick as the mean |scale| of {{layer}}, at step {{step}}:', {
            ...values,
            layer: layerInSentence(run.curves[picked]!.layer),
          })}{' '}
      {scales.map(({ part, text }, i) => (
        <Fragment key={part}>
          {i > 0 && ' · '}
          <span className={classes.value}>{text}</span>
        </Fragment>
      ))}
    </Text>
  );
}
