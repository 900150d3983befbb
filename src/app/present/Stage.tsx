/** The content of a presentation: a chart, two runs side by side, or the block. */
import { useComputedColorScheme } from '@mantine/core';
import { useElementSize, useThrottledValue } from '@mantine/hooks';
import { useMemo, type CSSProperties, type ReactNode } from 'react';
import { hasPoints, summary } from '../../charts/captions';
import { standingOut } from '../../charts/contrast';
import { figureOf } from '../../charts/figures';
import { upToStep } from '../../charts/fixed-axes';
import { FIGURE_TEXT, LEAST_CONTRAST, magnified } from '../../charts/presentation-style';
import { PlainPlot, type PlainPlotProps } from '../../charts/PlainPlot';
import { sixPanels, sixPanelsSummary } from '../../charts/six-panels';
import { depthColour, paletteOf } from '../../charts/theme';
import { isDrawn, isPanel, type ChartId, chartText } from '../../charts/chart-specs';
import type { OverlaidRun } from '../../charts/run-view';
import { t } from '../../language/language';
import { planNetwork } from '../../network/plan-network';
import { BlockDiagram } from '../block/BlockDiagram';
import { blockFormula } from '../block/block-formula';
import { useChartChoices } from '../charts/chart-choices';
import { useBehind } from '../charts/ChartsPanel';
import { emptyText, NO_RUN } from '../charts/RunChart';
import { useShownTwo } from '../charts/SixPanels';
import { magnitude } from '../controls/format';
import type { Presentable } from '../../page/link-names';
import { useExperiment } from '../store/experiment';
import { useRun } from '../store/run';
import { usePacedRun } from '../time/useShownRun';
import classes from './present.module.css';
import { chartOf, presentableTitle } from '../../page/link-names';

/** Time between two drawings, in ms. */
const PACE = 250;
/** The drawing of the block, in its own units. */
const BLOCK = { width: 308, height: 206 };

interface PartProps {
  /** Size of the body text, in px. */
  text: number;
}

/** The remaining space, which passes its height in px to its content. */
function FillSpace({ children }: { children: (height: number) => ReactNode }) {
  const { ref, height } = useElementSize();
  return (
    <div ref={ref} className={classes.room}>
      {height > 0 && children(Math.floor(height))}
    </div>
  );
}

/** A figure that fills the space. `build` makes it for the size of a plot in the page; it is then scaled up with its texts. */
function ScaledFigure({
  text,
  build,
  revision,
  label,
}: PartProps &
  Pick<PlainPlotProps, 'revision' | 'label'> & {
    build: (width: number, height: number) => ReturnType<PlainPlotProps['build']>;
  }) {
  const scale = text / FIGURE_TEXT;
  return (
    <FillSpace>
      {(height) => (
        <PlainPlot
          build={(width) => magnified(build(width / scale, height / scale), scale)}
          height={height}
          revision={`${revision} ${height} ${text}`}
          label={label}
        />
      )}
    </FillSpace>
  );
}

const useDark = () => useComputedColorScheme('light', { getInitialValueInEffect: false }) === 'dark';

/** A colour as it is drawn here. */
const clear = (colour: string, dark: boolean) =>
  standingOut(colour, paletteOf(dark).background, LEAST_CONTRAST);

const Empty = ({ text }: { text: string }) => <p className={classes.empty}>{text}</p>;

/** Legend of the lines of a panel, and of the runs drawn behind them. */
function Legend({
  lines,
  behind = [],
  dark,
}: {
  /** The kinds of lines; null if the figure has its own legend. */
  lines: 'layers' | 'layers+mean' | null;
  behind?: readonly OverlaidRun[];
  dark: boolean;
}) {
  const { accent, mean } = paletteOf(dark);
  const ramp = [0, 0.25, 0.5, 0.75, 1].map((depth) => clear(depthColour(depth, dark), dark)).join(', ');
  if (!lines && behind.length === 0) return null;
  return (
    <ul className={classes.legend} aria-label={t('Legend')}>
      {lines && (
        <>
          <li>
            {t('First layer')}
            <span
              className={classes.swatch}
              style={{ background: `linear-gradient(to right, ${ramp})` }}
              aria-hidden
            />
            {t('deeper')}
          </li>
          <li>
            <span className={classes.swatch} style={{ background: clear(accent, dark) }} aria-hidden />
            {t('Last block')}
          </li>
          {lines === 'layers+mean' && (
            <li>
              <span className={classes.swatch} data-dashed style={{ color: clear(mean, dark) }} aria-hidden />
              {t('Mean over layers')}
            </li>
          )}
        </>
      )}
      {behind.map(({ id, name, colour, dashed }) => (
        <li key={id}>
          <span
            className={classes.swatch}
            data-dashed={dashed || undefined}
            style={dashed ? { color: clear(colour, dark) } : { background: clear(colour, dark) }}
            aria-hidden
          />
          {name}
        </li>
      ))}
    </ul>
  );
}

function Chart({ chart, text }: PartProps & { chart: ChartId }) {
  const dark = useDark();
  const run = usePacedRun(PACE);
  const revision = useThrottledValue(
    useRun((state) => state.revision),
    PACE,
  );
  const [{ statistic, xScale }] = useChartChoices();
  const behind = useBehind(run?.id ?? null).filter((other) => isDrawn(other.run, chart));
  const own = run?.plan && hasPoints(run) ? run : null;
  const why = emptyText(chart, run);
  const title = t(chartText(chart).title);
  if (why !== null && behind.length === 0) return <Empty text={why} />;
  return (
    <>
      <ScaledFigure
        text={text}
        build={(width) =>
          upToStep(
            figureOf(run?.plan ? run : NO_RUN, chart, {
              statistic,
              xScale,
              dark,
              behind,
              width,
              xRange: null,
            }),
          )
        }
        revision={`${revision} ${chart} ${dark} ${run?.id} ${run?.whole && run.series.count} ${behind.map(({ id }) => id).join()}`}
        label={own ? summary(own, chart, title, statistic) : title}
      />
      <Legend lines={isPanel(chart) ? 'layers+mean' : null} behind={behind} dark={dark} />
    </>
  );
}

function TwoRuns({ text }: PartProps) {
  const dark = useDark();
  const [{ statistic }] = useChartChoices();
  const revision = useThrottledValue(
    useRun((state) => state.revision),
    PACE,
  );
  const shown = useShownTwo().filter(({ run }) => hasPoints(run));
  if (shown.length === 0)
    return (
      <Empty
        text={t(
          'The study’s figure will appear here: the scales of every branch, layer by layer, for the first run and, below it, for the second run.',
        )}
      />
    );
  return (
    <>
      <ScaledFigure
        text={text}
        build={(width, height) => sixPanels(shown, { statistic, width, height, dark })}
        revision={`${revision} ${dark} ${shown.map(({ name, run }) => name + run.series.count).join()}`}
        label={sixPanelsSummary(shown, statistic)}
      />
      <Legend lines="layers" dark={dark} />
    </>
  );
}

function Block({ text }: PartProps) {
  const experiment = useExperiment((state) => state.experiment);
  const { parameters, fusedParameters } = useMemo(() => planNetwork(experiment).cost, [experiment]);
  return (
    <FillSpace>
      {(height) => {
        // Below the drawing there are a formula of one or two lines and the network's size.
        const width = Math.round(((height - 5 * text) * BLOCK.width) / BLOCK.height);
        return (
          <div className={classes.block} style={{ '--block-width': `${width}px` } as CSSProperties}>
            <BlockDiagram bare />
            <p className={classes.formula}>{blockFormula(experiment)}</p>
            <p className={classes.size}>
              {fusedParameters === null
                ? t('Parameters: {{trained}}; this block cannot be fused', { trained: magnitude(parameters) })
                : t('Parameters: {{trained}} trained, {{fused}} fused', {
                    trained: magnitude(parameters),
                    fused: magnitude(fusedParameters),
                  })}
            </p>
          </div>
        );
      }}
    </FillSpace>
  );
}

export function Stage({ shown, text }: { shown: Presentable; text: number }) {
  const chart = chartOf(shown);
  return (
    <section className={classes.stage} aria-label={t(presentableTitle(shown))} data-shown={shown}>
      {chart ? (
        <Chart chart={chart} text={text} />
      ) : shown === 'two-runs' ? (
        <TwoRuns text={text} />
      ) : (
        <Block text={text} />
      )}
    </section>
  );
}
