/** Facts of a set: counts, digest, and the mean and standard deviation of its colours with the published ones. */
import { phrase, t } from '../../language/language';
import { messageText } from '../../language/message-text';
import { Rich } from '../../language/Rich';
import { Code, Stack, Table, Text } from '@mantine/core';
import { CIFAR100_MEAN, CIFAR100_STD } from '../../data/forms/assemble';
import type { DatasetId } from '../../data/dataset';
import type { Part, SetFacts } from '../../data/contact-sheet/sheet';
import { count } from '../controls/format';
import classes from './DataView.module.css';

function balance({ counts }: SetFacts, part: Part): string {
  const [least, most] = [Math.min(...counts[part]), Math.max(...counts[part])];
  const sum = counts[part].reduce((all, some) => all + some, 0);
  const values = { images: count(sum), least: count(least), most };
  if (part === 'train')
    return least === most
      ? t('{{images}} training images, {{least}} of each class', values)
      : t('{{images}} training images, {{least}} to {{most}} of each class', { ...values, least });
  return least === most
    ? t('{{images}} test images, {{least}} of each class', values)
    : t('{{images}} test images, {{least}} to {{most}} of each class', { ...values, least });
}

const CHANNELS = [phrase('Red'), phrase('Green'), phrase('Blue')];

export function SetFactsTable({ facts, id }: { facts: SetFacts; id: DatasetId }) {
  const { mean, std } = facts.measured;
  const rows: readonly (readonly [string, readonly number[]])[] = [
    [t('Mean, these training images'), mean],
    ...(id === 'cifar100' ? [[t('Mean, published'), CIFAR100_MEAN] as const] : []),
    [t('Standard deviation, these training images'), std],
    ...(id === 'cifar100' ? [[t('Standard deviation, published'), CIFAR100_STD] as const] : []),
  ];
  return (
    <Stack gap={6} className={classes.facts}>
      <Text size="sm">
        {t('{{label}}: {{training}}; {{test}}.', {
          label: messageText(facts.label),
          training: balance(facts, 'train'),
          test: balance(facts, 'test'),
        })}
      </Text>
      <Table verticalSpacing={4} horizontalSpacing={6} fz="sm" captionSide="bottom">
        <Table.Caption>
          {id === 'cifar100'
            ? t(
                'Of pixels in 0 … 1. Training normalises with the published ones, those of all 50,000 images.',
              )
            : t('Of pixels in 0 … 1. Training normalises with these.')}
        </Table.Caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t('Channel')}</Table.Th>
            {CHANNELS.map((name) => (
              <Table.Th key={name} scope="col" ta="right">
                {t(name)}
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
        <Rich
          text="SHA-256 of all images and labels: <digest/>"
          parts={{ digest: <Code className={classes.digest}>{facts.digest}</Code> }}
        />
      </Text>
    </Stack>
  );
}
