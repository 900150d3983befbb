/** Draws a figure whose x axis is not shared with other charts, through the page's queue and only while it is on the screen. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Data, Layout } from 'plotly.js';
import { drawQueue } from './draw-queue';
import { loadPlotly } from './plotly';
import { isTouched, withoutGestures } from './touch-gestures';

export interface PlainPlotProps {
  /** Makes the figure, just before it is drawn. */
  build: (width: number) => { data: Data[]; layout: Partial<Layout> };
  /** In px; a function of the width if it depends on the width. */
  height: number | ((width: number) => number);
  /** Grows when `build` would give something new. */
  revision: number | string;
  /** The figure as text for screen readers. */
  label: string;
}

export function PlainPlot({ build, height, revision, label }: PlainPlotProps) {
  const host = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [visible, setVisible] = useState(false);
  const latest = useRef({ build, height });
  useEffect(() => {
    latest.current = { build, height };
  });

  useEffect(() => {
    const plot = host.current!;
    const sized = new ResizeObserver(() => setWidth(plot.clientWidth));
    const seen = new IntersectionObserver((entries) => setVisible(entries.at(-1)!.isIntersecting), {
      rootMargin: '100px',
    });
    sized.observe(plot);
    seen.observe(plot);
    return () => {
      sized.disconnect();
      seen.disconnect();
      drawQueue.cancel(plot);
      loadPlotly().then(
        (plotly) => !plot.isConnected && plotly.purge(plot),
        () => undefined,
      );
    };
  }, []);

  const draw = useCallback(() => {
    const plot = host.current;
    if (!plot || plot.clientWidth === 0) return;
    loadPlotly().then(
      (plotly) =>
        drawQueue.request(plot, () => {
          if (!plot.isConnected) return;
          const now = latest.current;
          const { clientWidth } = plot;
          const { data, layout: built } = now.build(clientWidth);
          const layout = isTouched() ? withoutGestures(built) : built;
          const size = {
            width: clientWidth,
            height: typeof now.height === 'number' ? now.height : now.height(clientWidth),
            autosize: false,
          };
          void plotly.react(plot, data, { ...layout, ...size }, { displayModeBar: false });
        }),
      () => undefined,
    );
  }, []);

  // `draw` reads `latest`, so it does not depend on them; the stamp changes when the drawing is out of date.
  const stamp = `${width} ${revision}`;
  useEffect(() => {
    if (visible && stamp !== '') draw();
  }, [visible, stamp, draw]);

  const shown = typeof height === 'number' ? height : height(Math.max(width, 1));
  return (
    <div
      ref={host}
      role="img"
      aria-label={label}
      style={{ height: shown, position: 'relative', overflow: 'hidden' }}
    />
  );
}
