/** Colours, type and defaults of the controls. System fonts only: nothing is fetched from anywhere. */
import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

/** A muted blue-green for controls; the stronger colours are reserved for charts. */
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
  primaryShade: 7,
  autoContrast: true,
  luminanceThreshold: 0.32,
  colors: { lab },
  fontFamily:
    'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif',
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
    // Mantine’s own grey under a title is too pale: 3.3 to 1.
    Notification: { styles: { description: { color: 'var(--mantine-color-dimmed)' } } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray' } },
  },
});

/** Secondary and error text that reads at 12 px: 4.5 to 1 against every background. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#5a6168',
    '--mantine-color-placeholder': '#6b7278',
    '--mantine-color-error': '#c02626',
  },
  dark: {
    '--mantine-color-dimmed': '#a9adb1',
    '--mantine-color-placeholder': '#9a9ea2',
    '--mantine-color-error': '#ff8787',
  },
});
