/** Accuracy by class or by superclass, with its 95 % interval. */
import { sentences } from '../../language/join';
import { t } from '../../language/language';
import { Group, Table, Text } from '@mantine/core';
import { useMemo, useState } from 'react';
import { count } from '../controls/format';
import { SortHeader, sortedBy } from '../controls/SortHeader';
import { LevelControl } from './LevelControl';
import type { Level, Results, Row } from './results';
import classes from './AnswersPanel.module.css';

type Key = 'name' | 'group' | 'right' | 'accuracy' | 'other' | 'usual';

const share = ({ right, images }: Row) => (images > 0 ? right / images : -1);

const BY: Record<Key, (a: Row, b: Row) => number> = {
  name: (a, b) => a.name.localeCompare(b.name),
  group: (a, b) => a.group.localeCompare(b.group) || a.name.localeCompare(b.name),
  right: (a, b) => a.right - b.right,
  accuracy: (a, b) => share(a) - share(b),
  other: (a, b) => a.other - b.other,
  usual: (a, b) => (a.usual?.count ?? 0) - (b.usual?.count ?? 0),
};

const whole = (part: number) => `${Math.round(100 * part)} %`;

/** The accuracy as a bar, its interval as a whisker, and both as text. */
function Accuracy({ row }: { row: Row }) {
  const { right, images, low, high } = row;
  if (images === 0) return <span className={classes.faint}>{t('no images')}</span>;
  const percent = (part: number) => `${100 * part}%`;
  return (
    <div className={classes.accuracy}>
      <div className={classes.track} aria-hidden>
        <div className={classes.fill} style={{ width: percent(right / images) }} />
        <div className={classes.whisker} style={{ left: percent(low), width: percent(high - low) }} />
      </div>
      <span>
        <b>{whole(right / images)}</b>{' '}
        <span className={classes.faint}>
          ({Math.round(100 * low)}–{Math.round(100 * high)})
        </span>
      </span>
    </div>
  );
}

export function ClassTable({ results }: { results: Results }) {
  const [level, setLevel] = useState<Level>('coarse');
  const [sort, setSort] = useState<{ key: Key; down: boolean }>({ key: 'accuracy', down: true });
  const rows = useMemo(() => {
    const sorted = results.rows[level].toSorted(BY[sort.key]);
    return sort.down ? sorted.toReversed() : sorted;
  }, [results, level, sort]);
  const columns: { key: Key; label: string }[] = [
    { key: 'name', label: level === 'fine' ? t('Class') : t('Superclass') },
    { key: 'accuracy', label: t('Accuracy (95 %)') },
    { key: 'right', label: t('Right') },
    ...(level === 'fine' ? [{ key: 'group' as const, label: t('Superclass') }] : []),
    { key: 'other', label: level === 'fine' ? t('Among five') : t('Exact class') },
    { key: 'usual', label: t('Most often predicted as') },
  ];
  const press = (key: Key) =>
    setSort((now) => ({ key, down: now.key === key ? !now.down : key !== 'name' && key !== 'group' }));
  const names = results.names[level];
  return (
    <>
      <Group gap="xs">
        <LevelControl
          label={t('Accuracy by')}
          names={results.names}
          value={level}
          onChange={(chosen) => {
            setLevel(chosen);
            setSort((now) => (now.key === 'group' ? { key: 'accuracy', down: true } : now));
          }}
        />
      </Group>
      <div
        className={classes.scroller}
        role="region"
        aria-label={level === 'fine' ? t('Accuracy by class') : t('Accuracy by superclass')}
        // It scrolls, so it must be focusable by keyboard.
        tabIndex={0}
      >
        <Table className={classes.table} verticalSpacing={3} stickyHeader>
          <Table.Thead>
            <Table.Tr>
              {columns.map(({ key, label }) => (
                <SortHeader key={key} label={label} sorted={sortedBy(sort, key)} onSort={() => press(key)} />
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => (
              <Table.Tr key={row.label}>
                <Table.Th scope="row">{row.name}</Table.Th>
                <Table.Td>
                  <Accuracy row={row} />
                </Table.Td>
                <Table.Td className={classes.whole}>
                  {t('{{right}} of {{images}}', { right: count(row.right), images: count(row.images) })}
                </Table.Td>
                {level === 'fine' && <Table.Td>{row.group}</Table.Td>}
                <Table.Td>{row.images > 0 ? whole(row.other) : '–'}</Table.Td>
                <Table.Td>
                  {row.usual ? (
                    <>
                      {names[row.usual.guess]} <span className={classes.faint}>{count(row.usual.count)}</span>
                    </>
                  ) : (
                    '–'
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
      <Text size="xs" c="dimmed">
        {sentences(
          level === 'fine'
            ? t('Among five: the right class is one of the five likeliest.')
            : t(
                'Right: any class of the superclass was predicted. Exact class: the class itself was predicted.',
              ),
          t(
            'In brackets: Wilson’s 95 % interval. Where two intervals overlap widely, these images cannot tell the two classes apart.',
          ),
        )}
      </Text>
    </>
  );
}
