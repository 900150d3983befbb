/** Custom rows, which the user adds from any experiment under a chosen name. */
import { ActionIcon, Button, Group, Table, Text, TextInput, Title, Tooltip } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { t } from '../../language/language';
import { verbatim } from '../../language/message';
import { describeDifference } from '../../experiment/difference';
import { DEFAULT_EXPERIMENT } from '../../experiment/settings';
import { experimentFromQuery } from '../../experiment/url';
import { repetitionKey } from '../../experiment/same-training';
import { summarise } from '../../runs/study-board';
import { BlockSketch } from '../block/BlockSketch';
import { addOwnRow, removeOwnRow, useBoard, type OwnRow } from '../store/board';
import { useExperiment } from '../store/experiment';
import { offerUndo } from '../controls/undo';
import { RowActions } from './RowActions';
import { Result } from './SectionTable';
import classes from './StudyView.module.css';

const remove = (row: OwnRow): void =>
  offerUndo(t('“{{name}}” is deleted', { name: row.label }), removeOwnRow(row.id));

function OwnRowLine({ row, seeds }: { row: OwnRow; seeds: number }) {
  const results = useBoard((state) => state.results);
  const { experiment } = experimentFromQuery(row.query);
  return (
    <Table.Tr>
      <Table.Td>
        <BlockSketch experiment={experiment} width={120} />
      </Table.Td>
      <Table.Th scope="row" className={classes.label}>
        {row.label}
        <Text size="xs" c="dimmed">
          {t('Beside the default: {{difference}}', {
            difference: describeDifference(experiment, DEFAULT_EXPERIMENT),
          })}
        </Text>
      </Table.Th>
      <Table.Td>
        <Result summary={summarise(results, repetitionKey(experiment))} />
      </Table.Td>
      <Table.Td>
        <Group gap={4} wrap="nowrap">
          <RowActions label={verbatim(row.label)} name={row.label} experiment={experiment} seeds={seeds} />
          <Tooltip label={t('Delete this row')}>
            <ActionIcon
              size={24}
              variant="subtle"
              color="gray"
              aria-label={t('Delete {{name}}', { name: row.label })}
              onClick={() => remove(row)}
            >
              <IconTrash size={14} />
            </ActionIcon>
          </Tooltip>
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}

export function OwnRows({ seeds }: { seeds: number }) {
  const rows = useBoard((state) => state.rows);
  const [name, setName] = useState('');
  const add = () => {
    addOwnRow(name.trim(), useExperiment.getState().experiment);
    setName('');
  };
  return (
    <section aria-label={t('Your rows')}>
      <Title order={3} size="h5">
        {t('Your rows')}
      </Title>
      <Text size="sm" mb="xs">
        {t('The panel’s experiment as it is now, network, recipe and all, under a name of yours.')}
      </Text>
      {rows.length > 0 && (
        <Table.ScrollContainer minWidth={640} className={classes.scroller}>
          <Table verticalSpacing="xs" className={classes.table}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{t('Block')}</Table.Th>
                <Table.Th scope="col">{t('Row')}</Table.Th>
                <Table.Th scope="col">{t('This lab’s top-1')}</Table.Th>
                <Table.Th scope="col">{t('Run')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map((row) => (
                <OwnRowLine key={row.id} row={row} seeds={seeds} />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== '') add();
        }}
      >
        <Group gap="xs" align="end">
          <TextInput
            size="xs"
            label={t('Name of a new row')}
            placeholder={t('Mine, with k = 3')}
            maxLength={80}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button
            size="xs"
            type="submit"
            variant="default"
            leftSection={<IconPlus size={14} aria-hidden />}
            disabled={name.trim() === ''}
          >
            {t('Add the panel’s experiment')}
          </Button>
        </Group>
      </form>
    </section>
  );
}
