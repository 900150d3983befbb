/** Legend of the panels' colours: depth, the last block, the mean over layers. */
import { useComputedColorScheme } from '@mantine/core';
import { depthColour, paletteOf } from '../../charts/theme';
import { t } from '../../language/language';
import classes from './ChartsPanel.module.css';

const STOPS = [0, 0.25, 0.5, 0.75, 1];

export function DepthKey() {
  const dark = useComputedColorScheme('light') === 'dark';
  const palette = paletteOf(dark);
  const ramp = STOPS.map((depth) => depthColour(depth, dark)).join(', ');
  return (
    <div className={classes.key}>
      <span className={classes.entry}>
        {t('First layer')}
        <span
          className={classes.ramp}
          style={{ background: `linear-gradient(to right, ${ramp})` }}
          aria-hidden
        />
        {t('deeper')}
      </span>
      <span className={classes.entry}>
        <span className={classes.swatch} style={{ borderTop: `3px solid ${palette.accent}` }} aria-hidden />
        {t('Last block')}
      </span>
      <span className={classes.entry}>
        <span className={classes.swatch} style={{ borderTop: `3px dashed ${palette.mean}` }} aria-hidden />
        {t('Mean over layers')}
      </span>
    </div>
  );
}
