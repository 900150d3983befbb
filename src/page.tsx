/** Puts the page into the document. */
// In a CSS layer: the page's own rules override Mantine's, in whichever order the files are loaded.
import '@mantine/core/styles.layer.css';
import '@mantine/dropzone/styles.layer.css';
import '@mantine/notifications/styles.layer.css';
import './app/shell/page.css';
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import type { Why } from './offline/isolate';
import { App } from './app/shell/App';
import { ErrorBoundary } from './app/shell/ErrorBoundary';
import { useAnywhere } from './app/store/host-status';
import { cssVariables, theme } from './app/shell/theme';

/** `why`: why there is only one thread, if so. `worker`: whether a service worker caches the page for offline use. */
export function showPage({ why, worker }: { why: Why | null; worker: boolean }): void {
  useAnywhere.setState({ why, worker });
  createRoot(document.getElementById('root')!).render(
    <StrictMode>
      <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
        <ErrorBoundary>
          <Notifications position="bottom-right" />
          <App />
        </ErrorBoundary>
      </MantineProvider>
    </StrictMode>,
  );
}
