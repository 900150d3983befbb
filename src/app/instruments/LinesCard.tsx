/** An instrument's chart with one line a layer: choose the quantity and the branch. */
import { useComputedColorScheme } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { layerLines, partsOf } from '../../charts/instrument-figures';
import type { Part } from '../../instruments/measurement';
import { PANEL_LABELS } from '../../network/curves';
import type { RunState } from '../../runs/record';
import { Card } from './Card';
import type { CardText } from './cards';

const PART_LABELS: Record<Part, string> = {
  ...PANEL_LABELS,
  fused: 'Fused kernel',
  all: 'All branches',
  head: 'Classifier',
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
  const empty = !run
    ? `${text.title} will appear here, measured every few steps of a run.`
    : parts.length === 0
      ? measured || run.plan
        ? 'This run does not measure it: the instrument is off, or its blocks have nothing of the kind.'
        : `${text.title} will appear here.`
      : measured
        ? null
        : `${text.title} will appear here with the first measurement.`;
  const latest = run && part ? run.instruments.find(quantity, { part }).at(-1) : undefined;
  return (
    <Card
      title={text.title}
      {...(text.part !== undefined && { part: text.part })}
      help={text.help}
      formula={text.formula}
      instrument={text.instrument}
      run={run}
      empty={empty}
      revision={`${revision} ${run?.id} ${quantity} ${part} ${dark}`}
      quantities={text.quantities.map((candidate) => candidate.quantity)}
      label={
        latest === undefined
          ? text.title
          : `${text.title}, ${choice.label}, ${PART_LABELS[part!]}: last layer ${run!.instruments.latest(latest).toPrecision(4)} at the latest measurement`
      }
      choices={[
        ...(text.quantities.length > 1
          ? [
              {
                label: 'quantity',
                value: quantity as string,
                options: text.quantities.map(({ quantity: value, label }) => ({ value, label })),
                onChange: (value: string) => setQuantity(value as typeof quantity),
              },
            ]
          : []),
        ...(parts.length > 1
          ? [
              {
                label: 'branch',
                value: part as string,
                options: parts.map((value) => ({ value, label: PART_LABELS[value] })),
                onChange: (value: string) => setPart(value as Part),
              },
            ]
          : []),
      ]}
      build={() => layerLines(run!, { ...choice, part: part!, theory: choice.theory?.(run!) ?? null }, dark)}
    >
      {children}
    </Card>
  );
}
