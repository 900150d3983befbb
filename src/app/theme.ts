/** Colours, type and defaults of the controls. System fonts only: nothing is fetched from anywhere. */
import { createTheme, type MantineColorsTuple } from '@mantine/core';

/** A quiet blue-green for what can be pressed; the charts keep the stronger colours for themselves. */
const lab: MantineColorsTuple = [
  '#eaf6f7',
  '#d8eaec',
  '#b0d4d8',
  '#84bdc3',
  '#5fa9b1',
  '#479da6',
  '#2f8892',
  '#1f707a',
  '#155c65',
  '#0a4850',
];

export const theme = createTheme({
  primaryColor: 'lab',
  primaryShade: { light: 7, dark: 6 },
  autoContrast: true,
  luminanceThreshold: 0.32,
  colors: { lab },
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif',
  fontFamilyMonospace:
    'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "Liberation Mono", monospace',
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  headings: { fontWeight: '650' },
  components: {
    Tooltip: {
      defaultProps: {
        multiline: true,
        maw: 280,
        withArrow: true,
        openDelay: 250,
        events: { hover: true, focus: true, touch: true },
      },
    },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray' } },
  },
});
