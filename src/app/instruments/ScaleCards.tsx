/** Scales in detail: one layer with its channels, and all layers as a heat map. */
import { Switch, useComputedColorScheme } from '@mantine/core';
import { useState } from 'react';
import { listed } from '../../language/join';
import { phrase, t } from '../../language/language';
import { figureWithFixedAxes } from '../../charts/fixed-axes';
import { channelFigure, heatMap } from '../../charts/instrument-figures';
import { PANEL_LABELS, PANELS, type Panel } from '../../network/curves';
import type { RunState } from '../../runs/record';
import { Card } from './Card';

interface ScaleCardProps {
  run: RunState | null;
  revision: number;
}

const panelsOf = (run: RunState | null): Panel[] =>
  PANELS.filter((panel) => run?.curves.some((curve) => curve.panel === panel));

/** The chosen panel if the run has it, else the run's first one. */
function usePanel(run: RunState | null) {
  const [wanted, setWanted] = useState<Panel>('identity');
  const panels = panelsOf(run);
  const panel = panels.includes(wanted) ? wanted : panels[0];
  const choice = {
    label: t('branch'),
    value: panel ?? '',
    options: panels.map((value) => ({ value, label: t(PANEL_LABELS[value]) })),
    onChange: (value: string) => setWanted(value as Panel),
  };
  return { panel, choices: panels.length > 1 ? [choice] : [] };
}

const emptyText = (run: RunState | null, panel: Panel | undefined, what: string) =>
  run?.plan && panel === undefined
    ? t('This network has neither scales nor batch norms to draw.')
    : run && run.series.count > 0 && panel !== undefined
      ? null
      : t('{{what}} will appear here once a run has begun.', { what });

export function ChannelCard({ run, revision }: ScaleCardProps) {
  const dark = useComputedColorScheme('light') === 'dark';
  const { panel, choices } = usePanel(run);
  const [wanted, setCurve] = useState<string | null>(null);
  const [each, setEach] = useState(true);
  const curves = run?.curves.flatMap((curve, k) => (curve.panel === panel ? [k] : [])) ?? [];
  const nameOf = (k: number) => {
    const { layer, copy } = run!.curves[k]!;
    return copy > 0
      ? t('Layer {{layer}}, copy {{copy}}', { layer: layer + 1, copy: copy + 1 })
      : t('Layer {{layer}}', { layer: layer + 1 });
  };
  const curve = curves.find((k) => nameOf(k) === wanted) ?? curves.at(-1);
  return (
    <Card
      title={phrase('One layer’s scales')}
      help={t(
        'All channels of one layer’s scale or gamma: minimum to maximum and 10th to 90th percentile as bands, median, mean, and each channel as a thin line at the measured steps.',
      )}
      formula={t('s_c or γ_c, c = 1 … channels')}
      instrument="channels"
      run={run}
      empty={emptyText(run, panel, t('The channels of one layer'))}
      choices={[
        ...choices,
        ...(curve === undefined
          ? []
          : [
              {
                label: t('layer'),
                value: nameOf(curve),
                options: curves.map((k) => ({ value: nameOf(k), label: nameOf(k) })),
                onChange: setCurve,
              },
            ]),
      ]}
      build={(width) => figureWithFixedAxes(run!, (of) => channelFigure(of, curve!, { dark, width, each }))}
      revision={`${revision} ${run?.id} ${curve} ${each} ${dark}`}
      label={curve === undefined ? t('One layer’s scales') : listed([t(PANEL_LABELS[panel!]), nameOf(curve)])}
      quantities={['channel']}
    >
      <Switch
        size="xs"
        label={t('Every channel')}
        checked={each}
        onChange={(event) => setEach(event.currentTarget.checked)}
      />
    </Card>
  );
}

export function HeatCard({ run, revision }: ScaleCardProps) {
  const dark = useComputedColorScheme('light') === 'dark';
  const { panel, choices } = usePanel(run);
  const csv = () => {
    const curves = run!.curves.flatMap((curve, k) => (curve.panel === panel ? [k] : []));
    const columns = curves.map((k) => run!.series.curve(k, 'mean'));
    const head = ['Step', ...curves.map((k) => `Layer ${run!.curves[k]!.layer + 1}`)].join(',');
    const rows = Array.from({ length: run!.series.count }, (_, step) =>
      [step, ...columns.map((values) => Number(values[step]!.toPrecision(7)))].join(','),
    );
    return [head, ...rows, ''].join('\r\n');
  };
  return (
    <Card
      title={phrase('All layers over the steps')}
      help={t(
        'Every layer’s mean scale or gamma as a colour: orange where it is below its start, blue where it is above.',
      )}
      formula={t('mean s(t) − mean s(0)')}
      instrument={null}
      run={run}
      empty={emptyText(run, panel, t('A heat map of layer by step'))}
      choices={choices}
      build={() => figureWithFixedAxes(run!, (of) => heatMap(of, panel!, dark))}
      revision={`${revision} ${run?.id} ${panel} ${dark}`}
      label={
        panel ? t('Heat map of {{branch}}, layer by step', { branch: t(PANEL_LABELS[panel]) }) : t('Heat map')
      }
      quantities={[]}
      csv={csv}
    />
  );
}
