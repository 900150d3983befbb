/** One chart of the class: each group's mean with its 95 % interval, and every counted result behind it. */
import { NativeSelect, Text, Title, useComputedColorScheme } from '@mantine/core';
import { useMemo, useState } from 'react';
import { FigureMenu } from '../../charts/FigureMenu';
import { isPanel, measuresOf, isDrawn, type ChartId, chartText } from '../../charts/chart-specs';
import type { OverlaidGroup } from '../../charts/overlaid';
import { overlayFigure } from '../../charts/overlay';
import { overlayCsv } from '../../charts/overlay-csv';
import { overlaySummary, readingsAllAt } from '../../charts/overlay-readings';
import { PlainPlot } from '../../charts/PlainPlot';
import { download, figureImage, type ImageFormat } from '../../charts/plotly';
import { t } from '../../language/language';
import { PANELS } from '../../network/curves';
import type { ClassGroup } from '../../runs/class-results';
import { LineReadings } from '../charts/LineReadings';
import figureClasses from '../charts/SixPanels.module.css';
import { linkTo } from '../store/experiment';
import classes from './ClassView.module.css';

const HEIGHT = 320;
const IMAGE = { width: 900, height: 480 };
const SERIES = { statistic: 'mean', layer: 'last', band: 'interval' } as const;
const CHOICES: readonly ChartId[] = [...PANELS, ...measuresOf('class')];

export function ClassFigure({
  groups,
  colours,
}: {
  groups: readonly ClassGroup[];
  colours: readonly string[];
}) {
  const dark = useComputedColorScheme('light') === 'dark';
  const charts = CHOICES.filter((chart) =>
    groups.some(({ counted }) => counted.some(({ view }) => isDrawn(view, chart))),
  );
  const [chosen, setChosen] = useState<ChartId>('identity');
  const chart = charts.includes(chosen) ? chosen : charts[0];
  const lines = useMemo(
    (): OverlaidGroup[] =>
      groups.flatMap(({ key, name, counted }, i) =>
        counted.length > 0
          ? [{ id: key, name, colour: colours[i]!, runs: counted.map(({ view }) => view) }]
          : [],
      ),
    [groups, colours],
  );
  if (!chart)
    return (
      <Text size="sm" c="dimmed">
        {t('Curves will appear here as soon as one of the results is of a finished run.')}
      </Text>
    );
  const title = t('{{chart}}, the class', { chart: t(chartText(chart).title) });
  const build = (width: number, legend: boolean) =>
    overlayFigure(lines, chart, {
      ...SERIES,
      xScale: 'linear',
      xRange: null,
      dark,
      width,
      legend,
      singles: true,
    });
  const saveImage = async (format: ImageFormat) =>
    download(
      await figureImage(
        build(IMAGE.width, true),
        title,
        t('Thick: mean over seeds. Band: its 95 % interval. Thin: single results. Scales: last block.'),
        format,
        IMAGE.width,
        IMAGE.height,
        groups.map(({ name, results }) => ({ name, link: linkTo(results[0]!.experiment, null) })),
      ),
      `branch-lab-class-${chart}.${format}`,
    );
  return (
    <section className={figureClasses.figure} aria-label={title}>
      <header className={figureClasses.header}>
        <Title order={3} size="h6">
          {t('The class')}
        </Title>
        <NativeSelect
          size="xs"
          aria-label={t('Chart of the class')}
          data={charts.map((value) => ({ value, label: t(chartText(value).title) }))}
          value={chart}
          onChange={(event) => setChosen(event.currentTarget.value as ChartId)}
        />
        <div className={figureClasses.choices} />
        <FigureMenu
          title={title}
          zoomed={false}
          onSaveImage={(format) => void saveImage(format)}
          onSaveCsv={() =>
            download(
              new Blob([overlayCsv(lines, chart, SERIES)], { type: 'text/csv;charset=utf-8' }),
              `branch-lab-class-${chart}.csv`,
            )
          }
          onResetZoom={() => undefined}
        />
      </header>
      <PlainPlot
        build={(width) => build(width, false)}
        height={HEIGHT}
        revision={`${chart} ${dark} ${groups.map(({ key, counted }) => `${key} ${counted.length}`).join()}`}
        label={overlaySummary(lines, chart, title, SERIES)}
      />
      <div className={figureClasses.caption}>
        <div className={classes.readings}>
          <LineReadings rows={readingsAllAt(lines, chart, SERIES, null)} latest />
        </div>
        <Text size="xs" mt={4}>
          {!isPanel(chart)
            ? t(
                'Thick: the mean over seeds; band: its 95 % interval; thin: single results. Curves that travelled in a link are within half a per cent of their range, or as their sender was told.',
              )
            : t(
                'Thick: the mean over seeds; band: its 95 % interval; thin: single results, of the last block. Curves that travelled in a link are within half a per cent of their range, or as their sender was told.',
              )}
        </Text>
      </div>
    </section>
  );
}
