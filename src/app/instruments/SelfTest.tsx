/** Two exact laws of the gradients, tested at every measurement; red if a residual exceeds the tolerance. */
import { Badge, Group, Text, Tooltip } from '@mantine/core';
import { phrase, t } from '../../language/language';
import type { Quantity } from '../../instruments/measurement';
import type { RunState } from '../../runs/record';
import classes from './instruments.module.css';

/** Residual up to which a law counts as fulfilled: the ε of the batch norm and float32 cause about 1e-5. */
const TOLERANCE = 1e-3;

const LAWS: readonly { quantity: Quantity; name: string; help: string }[] = [
  {
    quantity: 'rotationResidual',
    name: 'Σ s·∂L/∂s = 0',
    help: phrase(
      'A batch norm after the sum does not depend on the length of the vector of scales: a gradient step only rotates it. Holds where every branch before that norm has a learned scale, up to the norm’s ε.',
    ),
  },
  {
    quantity: 'scaleResidual',
    name: 's·∂L/∂s = ⟨W, ∂L/∂W⟩',
    help: phrase(
      'A scale and its kernel multiply each other, so both gradients agree on their length. Holds for every convolution with a learned scale.',
    ),
  },
];

interface Residual {
  value: number;
  /** Counted from 1. */
  layer: number;
  step: number;
}

/** The largest residual of all measurements, with its layer and step. */
function worst({ instruments }: RunState, quantity: Quantity): Residual | null {
  const columns = instruments.find(quantity);
  let found = { value: 0, layer: 0, step: 0 };
  for (const { step, values } of instruments.measurements) {
    for (const k of columns) {
      if (values[k]! > found.value || Number.isNaN(values[k]!))
        found = { value: values[k]!, layer: instruments.columns[k]!.layer + 1, step };
    }
  }
  return columns.length > 0 && instruments.count > 0 ? found : null;
}

function residualText(law: string, { value, layer, step }: Residual, isFulfilled: boolean): string {
  const values = { law, residual: value.toExponential(1), layer, step, tolerance: TOLERANCE };
  return isFulfilled
    ? t('{{law}}: largest residual {{residual}}, layer {{layer}} at step {{step}}', values)
    : t(
        '{{law}}: largest residual {{residual}}, layer {{layer}} at step {{step}} (tolerance {{tolerance}})',
        values,
      );
}

export function SelfTest({ run }: { run: RunState | null }) {
  if (!run) return null;
  return LAWS.map(({ quantity, name, help }) => {
    const found = worst(run, quantity);
    const isFulfilled = found !== null && found.value <= TOLERANCE;
    return (
      <Group key={quantity} gap={8} wrap="nowrap">
        <Tooltip label={t(help)} multiline w={300} events={{ hover: true, focus: true, touch: true }}>
          <Badge
            tabIndex={0}
            className={classes.words}
            variant="outline"
            color={found === null ? 'gray' : isFulfilled ? 'teal' : 'red'}
            style={{ textTransform: 'none', flex: 'none' }}
          >
            {found === null ? t('does not apply') : isFulfilled ? t('holds') : t('violated')}
          </Badge>
        </Tooltip>
        <Text size="xs">{found === null ? name : residualText(name, found, isFulfilled)}</Text>
      </Group>
    );
  });
}
