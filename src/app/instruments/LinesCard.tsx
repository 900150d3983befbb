/** An instrument's chart with one line per layer, with a choice of the quantity and the branch. */
import { useComputedColorScheme } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { phrase, t } from '../../language/language';
import { figureWithFixedAxes } from '../../charts/fixed-axes';
import { layerLines, partsOf } from '../../charts/instrument-figures';
import type { Part } from '../../instruments/measurement';
import { PANEL_LABELS } from '../../network/curves';
import type { RunState } from '../../runs/record';
import { Card } from './Card';
import type { CardText } from './cards';

const PART_LABELS: Record<Part, string> = {
  ...PANEL_LABELS,
  fused: phrase('Fused kernel'),
  all: phrase('All branches'),
  head: phrase('Classifier'),
};

interface LinesCardProps {
  text: CardText;
  run: RunState | null;
  revision: number;
  children?: ReactNode;
}

export function LinesCard({ text, run, revision, children }: LinesCardProps) {
  const dark = useComputedColorScheme('light') === 'dark';
  const [quantity, setQuantity] = useState(text.quantities[0]!.quantity);
  const [wanted, setPart] = useState<Part | null>(null);
  const choice = text.quantities.find((candidate) => candidate.quantity === quantity)!;
  const parts = run ? partsOf(run.instruments, quantity) : [];
  const part = wanted && parts.includes(wanted) ? wanted : parts[0];
  const measured = run !== null && run.instruments.count > 0;
  const what = t(text.title);
  const empty = !run
    ? t('{{what}} will appear here, measured every few steps of a run.', { what })
    : parts.length === 0
      ? measured || run.plan
        ? t('This run does not measure it: the instrument is off, or its blocks have no such quantity.')
        : t('{{what}} will appear here.', { what })
      : measured
        ? null
        : t('{{what}} will appear here with the first measurement.', { what });
  const latest = run && part ? run.instruments.find(quantity, { part }).at(-1) : undefined;
  return (
    <Card
      title={text.title}
      {...(text.part !== undefined && { part: text.part })}
      help={t(text.help)}
      formula={t(text.formula)}
      instrument={text.instrument}
      run={run}
      empty={empty}
      revision={`${revision} ${run?.id} ${quantity} ${part} ${dark}`}
      quantities={text.quantities.map((candidate) => candidate.quantity)}
      label={
        latest === undefined
          ? what
          : t('{{what}}, {{quantity}}, {{branch}}: last layer {{value}} at the latest measurement', {
              what,
              quantity: t(choice.label),
              branch: t(PART_LABELS[part!]),
              value: run!.instruments.latest(latest).toPrecision(4),
            })
      }
      choices={[
        ...(text.quantities.length > 1
          ? [
              {
                label: t('quantity'),
                value: quantity as string,
                options: text.quantities.map(({ quantity: value, label }) => ({ value, label: t(label) })),
                onChange: (value: string) => setQuantity(value as typeof quantity),
              },
            ]
          : []),
        ...(parts.length > 1
          ? [
              {
                label: t('branch'),
                value: part as string,
                options: parts.map((value) => ({ value, label: t(PART_LABELS[value]) })),
                onChange: (value: string) => setPart(value as Part),
              },
            ]
          : []),
      ]}
      build={() =>
        figureWithFixedAxes(run!, (of) =>
          layerLines(
            of,
            {
              ...choice,
              // On an axis a word may mean something else: the noun "share" and not the verb.
              yTitle: t(choice.yTitle, { context: 'axis' }),
              part: part!,
              theory: choice.theory?.(of) ?? null,
            },
            dark,
          ),
        )
      }
    >
      {children}
    </Card>
  );
}
