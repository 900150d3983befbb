/** Says what the colours of the panels mean: depth, the last block, the mean over layers. */
import { useComputedColorScheme } from '@mantine/core';
import { depthColour, paletteOf } from '../../charts/theme';
import classes from './ChartsPanel.module.css';

const STOPS = [0, 0.25, 0.5, 0.75, 1];

export function DepthKey() {
  const dark = useComputedColorScheme('light') === 'dark';
  const palette = paletteOf(dark);
  const ramp = `linear-gradient(to right, ${STOPS.map((depth) => depthColour(depth, dark)).join(', ')})`;
  return (
    <div className={classes.key}>
      <span className={classes.entry}>
        First layer
        <span className={classes.ramp} style={{ background: ramp }} aria-hidden />
        deeper
      </span>
      <span className={classes.entry}>
        <span className={classes.swatch} style={{ borderTop: `3px solid ${palette.accent}` }} aria-hidden />
        Last block
      </span>
      <span className={classes.entry}>
        <span className={classes.swatch} style={{ borderTop: `3px dashed ${palette.mean}` }} aria-hidden />
        Mean over layers
      </span>
    </div>
  );
}
