/** The view Class: results of a class, collected on one machine without a server. */
import { Button, Group, Stack, Text, Title, useComputedColorScheme } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useEffect, useMemo } from 'react';
import { runColour } from '../../charts/run-colour';
import { t } from '../../language/language';
import { ENOUGH_SEEDS } from '../../runs/study-board';
import { groupsOf } from '../../runs/class-results';
import { Bar } from '../controls/Bar';
import { offerUndo } from '../controls/undo';
import { ClassFigure } from './ClassFigure';
import { ClassImport } from './ClassImport';
import { ClassTable } from './ClassTable';
import { loadClass, removeResults, useClass } from './class-store';

const UNDO_MS = 15_000;

export function ClassView() {
  const results = useClass((state) => state.results);
  const problem = useClass((state) => state.problem);
  const dark = useComputedColorScheme('light') === 'dark';
  useEffect(() => void loadClass(), []);
  const groups = useMemo(() => groupsOf(results), [results]);
  const colours = useMemo(() => groups.map((_, i) => runColour(i, dark)), [groups, dark]);
  const repeated = groups.reduce((sum, group) => sum + group.repeated, 0);
  return (
    <Stack gap="md" pb={32}>
      <div>
        <Title order={2} size="h4">
          {t('Class', { context: 'view' })}
        </Title>
        <Text size="sm" maw={760} mt={4}>
          {t(
            'Thirty laptops, one table. Everybody shares a run (Share, with the result) as a link, a QR code or a record; bring them here in any mixture, or drop them anywhere on this page. Nothing leaves this machine, and a reload keeps it.',
          )}
        </Text>
      </div>
      {problem !== null && (
        <Bar
          tint="yellow"
          withCloseButton
          closeButtonLabel={t('Dismiss')}
          onClose={() => useClass.setState({ problem: null })}
        >
          <Text size="sm">{problem()}</Text>
        </Bar>
      )}
      <ClassImport />
      {results.length === 0 ? (
        <Text size="sm" c="dimmed" py="md">
          {t('The groups, their means with 95 % intervals, and every single curve will appear here.')}
        </Text>
      ) : (
        <>
          <ClassFigure groups={groups} colours={colours} />
          {repeated > 0 && (
            <Text size="sm">
              {t(
                '{{count}} results repeat a seed and are not counted again: the same seed gives the same run. Have everybody press “New seed” first.',
                { count: repeated },
              )}
            </Text>
          )}
          <ClassTable groups={groups} colours={colours} />
          <Text size="xs" c="dimmed" maw={760}>
            {t(
              'In bold the mean over seeds of finished runs, below it its 95 % interval. A group is higher or lower than the first where the 95 % interval of their difference (Welch’s t, {{seeds}} seeds each at least) leaves out zero. Grey results are not counted.',
              { seeds: ENOUGH_SEEDS },
            )}
          </Text>
          <Group>
            <Button
              size="xs"
              variant="default"
              leftSection={<IconTrash size={16} aria-hidden />}
              onClick={() =>
                offerUndo(
                  t('{{count}} results are cleared', { count: results.length }),
                  removeResults(),
                  UNDO_MS,
                )
              }
            >
              {t('Clear all')}
            </Button>
          </Group>
        </>
      )}
    </Stack>
  );
}
