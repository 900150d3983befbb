/** The plot of a figure over steps: loads plotly, draws while it is on the screen, follows its width, and marks the step under the crosshair. */
import type { Config, Layout, PlotlyHTMLElement, PlotRelayoutEvent } from 'plotly.js';
import { useCallback, useEffect, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { t } from '../language/language';
import { drawQueue } from './draw-queue';
import classes from './Figure.module.css';
import type { Crosshair } from './crosshair';
import { loadPlotly, type Plotly } from './plotly';
import { shareOf, stepAt, type StepAxis } from './step-axis';
import { MARGIN } from './theme';
import { isTouched, withoutGestures } from './touch-gestures';
import type { Figure } from './traces';
import { useTouchGestures } from './useTouchGestures';

export interface PlotProps {
  /** The plot as text for screen readers. */
  label: string;
  /** Height of the plot in px. */
  height: number;
  /** Makes the figure, just before it is drawn. */
  build: (width: number, dark: boolean) => Figure;
  /** Grows when `build` would give something new. */
  revision: number;
  crosshair: Crosshair;
  /** Reports the steps that a gesture asked for; null for all of them. */
  onRangeChange: (range: [number, number] | null) => void;
  dark: boolean;
}

// Plotly's own double click would reset this chart only.
const CONFIG: Partial<Config> = {
  displayModeBar: false,
  doubleClick: false,
  responsive: false,
  showTips: false,
};

type Wanted = Pick<PlotProps, 'build' | 'revision' | 'dark' | 'height'>;
export function Plot(props: PlotProps) {
  const { build, revision, height, label, crosshair, dark } = props;
  const box = useRef<HTMLDivElement>(null);
  const host = useRef<HTMLDivElement>(null);
  const marker = useRef<HTMLDivElement>(null);
  const axis = useRef<StepAxis | null>(null);
  const visible = useRef(false);
  // The plot is out of date while `wanted` differs from `drawn`.
  const wanted = useRef<Wanted | null>(null);
  const drawn = useRef<Wanted | null>(null);
  const drawnFigure = useRef<Figure | null>(null);
  const cover = useRef<HTMLDivElement>(null);
  const pressed = useRef(false);
  const latest = useRef(props);
  const [failed, setFailed] = useState(false);

  const moveMarker = useCallback(() => {
    const line = marker.current;
    if (!line) return;
    const { step } = latest.current.crosshair.getState();
    const share = step === null || !axis.current ? -1 : shareOf(axis.current, step);
    const shown = share >= 0 && share <= 1;
    line.style.visibility = shown ? 'visible' : 'hidden';
    if (shown)
      line.style.transform = `translateX(${MARGIN.l + share * (axis.current!.width - MARGIN.l - MARGIN.r)}px)`;
  }, []);

  /** Shows the lines up to the figure's last step: clips what lies beyond it, and covers it so that it does not react to the mouse. */
  const clipToStep = useCallback((plot: HTMLDivElement) => {
    const { until } = drawnFigure.current ?? {};
    const covering = cover.current;
    if (!axis.current || !covering) return;
    const inner = axis.current.width - MARGIN.l - MARGIN.r;
    const share = until === undefined ? 1 : Math.max(0, Math.min(1, shareOf(axis.current, until)));
    clipLines(plot, until === undefined ? null : share * inner);
    covering.style.visibility = until === undefined ? 'hidden' : 'visible';
    // Points at the last step itself still react to the mouse.
    covering.style.left = `${MARGIN.l + share * inner + 4}px`;
  }, []);

  /** Draws immediately. Called by the queue only. */
  const drawNow = useCallback(
    (plotly: Plotly, plot: HTMLDivElement) => {
      if (!plot.isConnected || !visible.current || pressed.current) return;
      const now = wanted.current!;
      drawn.current = now;
      const width = plot.clientWidth;
      const figure = now.build(width, now.dark);
      const built = isTouched() ? withoutGestures(figure.layout) : figure.layout;
      const layout = { ...built, width, height: now.height, autosize: false };
      const first = axis.current === null;
      const { xRange, xLimits, xScale } = figure;
      axis.current = { xRange, xLimits, xScale, width };
      // If only the last step shown has changed, only the marks have to be redrawn.
      if (differsInStepOnly(figure, drawnFigure.current))
        void plotly.relayout(plot, { annotations: figure.layout.annotations ?? [] });
      else void plotly.react(plot, figure.data, layout, CONFIG).then(() => clipToStep(plot));
      drawnFigure.current = figure;
      clipToStep(plot);
      if (first)
        listen(plot as unknown as PlotlyHTMLElement, axis, (range) => latest.current.onRangeChange(range));
      moveMarker();
    },
    [moveMarker, clipToStep],
  );

  const draw = useCallback(() => {
    const plot = host.current;
    // Drawing would interrupt a gesture; the end of the gesture draws again.
    if (!plot || !visible.current || pressed.current || plot.clientWidth === 0) return;
    const now = wanted.current!;
    if (drawnFigure.current?.until !== undefined) {
      const figure = now.build(plot.clientWidth, now.dark);
      if (differsInStepOnly(figure, drawnFigure.current)) {
        const marks = drawnFigure.current.layout.annotations;
        drawnFigure.current = { ...figure, layout: { ...figure.layout, annotations: marks ?? [] } };
        clipToStep(plot);
        if (sameMarks(marks, figure.layout.annotations)) {
          drawn.current = now;
          return;
        }
      }
    }
    loadPlotly().then(
      (plotly) => drawQueue.request(plot, () => drawNow(plotly, plot)),
      () => undefined,
    );
  }, [drawNow, clipToStep]);

  useEffect(() => {
    loadPlotly().catch(() => setFailed(true));
  }, []);

  useEffect(() => {
    latest.current = props;
  });

  useEffect(() => {
    // A change of the height redraws everything.
    if (wanted.current && wanted.current.height !== height) drawnFigure.current = null;
    wanted.current = { build, revision, dark, height };
    draw();
  }, [build, revision, dark, height, draw]);

  useEffect(() => crosshair.subscribe(moveMarker), [crosshair, moveMarker]);

  useEffect(() => {
    const plot = host.current!;
    const seen = new IntersectionObserver(
      (entries) => {
        visible.current = entries.at(-1)!.isIntersecting;
        if (visible.current && drawn.current !== wanted.current) draw();
      },
      { rootMargin: '100px' },
    );
    const sized = new ResizeObserver(() => {
      if (axis.current?.width === plot.clientWidth) return;
      drawn.current = null;
      draw();
    });
    const release = () => {
      if (!pressed.current) return;
      pressed.current = false;
      if (drawn.current !== wanted.current) draw();
    };
    seen.observe(plot);
    sized.observe(plot);
    window.addEventListener('pointerup', release);
    window.addEventListener('pointercancel', release);
    return () => {
      seen.disconnect();
      sized.disconnect();
      window.removeEventListener('pointerup', release);
      window.removeEventListener('pointercancel', release);
      drawQueue.cancel(plot);
      if (axis.current) void loadPlotly().then((plotly) => !plot.isConnected && plotly.purge(plot));
      axis.current = null;
      drawnFigure.current = null;
    };
  }, [draw]);

  const shareAt = (clientX: number): number => {
    const left = clientX - box.current!.getBoundingClientRect().left - MARGIN.l;
    return left / ((axis.current?.width ?? Infinity) - MARGIN.l - MARGIN.r);
  };
  const touch = useTouchGestures(axis, shareAt, props.onRangeChange);

  const point = (event: PointerEvent) => {
    if (!axis.current) return;
    const share = shareAt(event.clientX);
    crosshair.setState({ step: share >= 0 && share <= 1 ? stepAt(axis.current, share) : null });
  };

  /** Arrow keys move the crosshair by one step, with shift by a fiftieth of the axis. */
  const moveCrosshair = (event: KeyboardEvent) => {
    if (!axis.current) return;
    const [from, to] = axis.current.xRange;
    const by = event.shiftKey ? Math.max(1, Math.round((to - from) / 50)) : 1;
    const now = crosshair.getState().step;
    const next: Record<string, number | null> = {
      ArrowLeft: (now ?? to + by) - by,
      ArrowRight: (now ?? from - by) + by,
      Home: from,
      End: to,
      Escape: null,
    };
    if (!(event.key in next)) return;
    event.preventDefault();
    const step = next[event.key]!;
    crosshair.setState({ step: step === null ? null : Math.round(Math.max(from, Math.min(to, step))) });
  };

  return (
    <div
      ref={box}
      className={classes.plot}
      style={{ height }}
      role="img"
      aria-label={label}
      tabIndex={0}
      onKeyDown={moveCrosshair}
      onBlur={() => crosshair.setState({ step: null })}
      onPointerDown={(event) => {
        pressed.current = event.pointerType === 'mouse';
        touch.down(event);
        point(event);
      }}
      onPointerMove={(event) => {
        if (!touch.move(event)) point(event);
      }}
      onPointerUp={touch.up}
      onPointerCancel={touch.up}
      onPointerLeave={() => crosshair.setState({ step: null })}
    >
      <div ref={host} className={classes.host} />
      <div
        ref={cover}
        className={classes.cover}
        style={{ top: MARGIN.t, bottom: MARGIN.b, right: MARGIN.r }}
      />
      <div ref={marker} className={classes.marker} style={{ top: MARGIN.t, bottom: MARGIN.b }} />
      {failed && (
        <p className={classes.failed}>
          {t('The chart library could not be loaded. Reload the page to try again.')}
        </p>
      )}
    </div>
  );
}

/** Whether a figure differs from the drawn one only in the last step shown and its marks. */
const differsInStepOnly = (figure: Figure, before: Figure | null): boolean =>
  figure.until !== undefined && before?.until !== undefined && figure.data === before.data;

const sameMarks = (a: Layout['annotations'] | undefined, b: Layout['annotations'] | undefined): boolean =>
  JSON.stringify(a ?? []) === JSON.stringify(b ?? []);

const SVG = 'http://www.w3.org/2000/svg';
let cuts = 0;

/** Clips the lines of a plot to a width in px from the left; null removes the clipping. */
function clipLines(plot: HTMLDivElement, width: number | null): void {
  const lines = plot.querySelector('.scatterlayer');
  if (!lines) return;
  if (width === null) return lines.removeAttribute('clip-path');
  let cut = plot.querySelector<SVGRectElement>('rect[data-cut]');
  if (!cut) {
    const path = document.createElementNS(SVG, 'clipPath');
    path.id = `cut-${cuts++}`;
    cut = document.createElementNS(SVG, 'rect');
    cut.setAttribute('data-cut', '');
    cut.setAttribute('x', '-10');
    cut.setAttribute('y', '-100');
    cut.setAttribute('height', '4000');
    path.append(cut);
    plot.querySelector('defs')!.append(path);
  }
  cut.setAttribute('width', String(10 + width));
  lines.setAttribute('clip-path', `url(#${cut.parentElement!.id})`);
}

/** Reports zooming, panning and double clicks as ranges of steps. */
function listen(
  plot: PlotlyHTMLElement,
  axis: { current: StepAxis | null },
  onRange: (range: [number, number] | null) => void,
): void {
  plot.on('plotly_relayout', (event: PlotRelayoutEvent) => {
    const from = event['xaxis.range[0]'];
    const to = event['xaxis.range[1]'];
    if (typeof from !== 'number' || typeof to !== 'number' || !axis.current) return;
    const steps: [number, number] = axis.current.xScale === 'log' ? [10 ** from, 10 ** to] : [from, to];
    onRange(steps);
  });
  // Two fingers that touch one after the other are not a double click.
  plot.on('plotly_doubleclick', () => {
    if (!isTouched()) onRange(null);
  });
}
