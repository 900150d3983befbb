/** What a set measures: its counts, digest, and the mean and spread of its colours beside the published ones. */
import { Code, Stack, Table, Text } from '@mantine/core';
import { CIFAR100_MEAN, CIFAR100_STD } from '../../data/assemble';
import type { DatasetId } from '../../data/dataset';
import type { Part, SetFacts } from '../../data/sheet';
import { count } from '../format';
import classes from './DataView.module.css';

function balance({ counts }: SetFacts, part: Part): string {
  const [least, most] = [Math.min(...counts[part]), Math.max(...counts[part])];
  const sum = counts[part].reduce((all, some) => all + some, 0);
  const each = least === most ? `${count(least)} of each class` : `${least} to ${most} of each class`;
  return `${count(sum)} ${part === 'train' ? 'training' : 'test'} images, ${each}`;
}

export function SetFactsTable({ facts, id }: { facts: SetFacts; id: DatasetId }) {
  const { mean, std } = facts.measured;
  const rows: readonly (readonly [string, readonly number[]])[] = [
    ['Mean, these training images', mean],
    ...(id === 'cifar100' ? [['Mean, published', CIFAR100_MEAN] as const] : []),
    ['Standard deviation, these training images', std],
    ...(id === 'cifar100' ? [['Standard deviation, published', CIFAR100_STD] as const] : []),
  ];
  return (
    <Stack gap={6} className={classes.facts}>
      <Text size="sm">
        {facts.label}: {balance(facts, 'train')}; {balance(facts, 'test')}.
      </Text>
      <Table verticalSpacing={4} horizontalSpacing={6} fz="sm" captionSide="bottom">
        <Table.Caption>
          Of pixels in 0 … 1.{' '}
          {id === 'cifar100'
            ? 'Training normalises with the published ones, those of all 50,000 images.'
            : 'Training normalises with these.'}
        </Table.Caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Channel</Table.Th>
            {['Red', 'Green', 'Blue'].map((name) => (
              <Table.Th key={name} scope="col" ta="right">
                {name}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(([name, values]) => (
            <Table.Tr key={name}>
              <Table.Th scope="row" fw={400}>
                {name}
              </Table.Th>
              {values.map((value, channel) => (
                <Table.Td key={['r', 'g', 'b'][channel]} ta="right">
                  {value.toFixed(4)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Text size="xs" c="dimmed">
        SHA-256 of all images and labels: <Code className={classes.digest}>{facts.digest}</Code>
      </Text>
    </Stack>
  );
}
