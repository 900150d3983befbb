/** A chart over steps: title, explanation, menu, plot and caption. All charts over steps use this component. */
import { Text, Title, useComputedColorScheme } from '@mantine/core';
import { useCallback, useEffect, useRef, type ReactNode } from 'react';
import classes from './Figure.module.css';
import { upToStep } from './fixed-axes';
import { FigureMenu } from './FigureMenu';
import { Plot, type PlotProps } from './Plot';
import { download, figureImage, type ImageFormat } from './plotly';
import type { Source } from './sources';

export interface FigureProps extends Omit<PlotProps, 'dark'> {
  /** Attributes by which the page finds it. */
  attributes?: { 'data-part': string };
  title: string;
  /** Explanation of the chart, shown beside its title. */
  info?: ReactNode;
  /** Values as text, shown below the plot. */
  caption?: ReactNode;
  /** Shown instead of a plot if there is nothing to draw. */
  empty: string | null;
  csv: () => string;
  /** Name of saved files, without extension. */
  fileName: string;
  /** Second line of a saved image: what the page shows outside the figure. */
  subtitle: string;
  /** The runs that a saved image names. */
  sources: readonly Source[];
  zoomed: boolean;
}

/** Width of a saved image in px; a PNG has twice as many pixels. */
const IMAGE_WIDTH = 800;
const IMAGE_HEIGHT = 420;

export function Figure(props: FigureProps) {
  const { title, info, caption, empty, height, zoomed, onRangeChange } = props;
  const dark = useComputedColorScheme('light') === 'dark';
  const latest = useRef({ ...props, dark });
  useEffect(() => {
    latest.current = { ...props, dark };
  });

  const saveImage = useCallback(async (format: ImageFormat) => {
    const now = latest.current;
    const saved = upToStep(now.build(IMAGE_WIDTH, now.dark));
    download(
      await figureImage(saved, now.title, now.subtitle, format, IMAGE_WIDTH, IMAGE_HEIGHT, now.sources),
      `${now.fileName}.${format}`,
    );
  }, []);
  const saveCsv = useCallback(() => {
    const { csv, fileName } = latest.current;
    download(new Blob([csv()], { type: 'text/csv;charset=utf-8' }), `${fileName}.csv`);
  }, []);
  const resetZoom = useCallback(() => onRangeChange(null), [onRangeChange]);

  return (
    <section className={classes.figure} aria-label={title} {...props.attributes}>
      <header className={classes.header}>
        <Title order={3} size="h6" className={classes.title}>
          {title}
        </Title>
        {info}
        <div className={classes.spacer} />
        {empty === null && (
          <FigureMenu
            title={title}
            zoomed={zoomed}
            onSaveImage={saveImage}
            onSaveCsv={saveCsv}
            onResetZoom={resetZoom}
          />
        )}
      </header>
      {empty === null ? (
        <Plot {...props} dark={dark} />
      ) : (
        <div className={classes.empty} style={{ height }}>
          <Text size="sm" className={classes.emptyText}>
            {empty}
          </Text>
        </div>
      )}
      <div className={classes.caption}>{caption}</div>
    </section>
  );
}
