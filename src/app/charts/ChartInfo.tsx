/** A button whose tooltip explains what a chart shows, with its formula. */
import { ActionIcon, Stack, Text, Tooltip } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import { memo } from 'react';
import { t } from '../../language/language';
import type { ChartText } from '../../charts/chart-text';

export const ChartInfo = memo(function ChartInfo({ text: { title, help, formula } }: { text: ChartText }) {
  const label = (
    <Stack gap={4}>
      <Text size="sm">{help()}</Text>
      <Text size="sm" ff="serif" fs="italic">
        {formula()}
      </Text>
    </Stack>
  );
  return (
    <Tooltip
      label={label}
      multiline
      w={280}
      position="bottom-start"
      events={{ hover: true, focus: true, touch: true }}
      transitionProps={{ duration: 0 }}
    >
      <ActionIcon
        variant="subtle"
        color="gray"
        size="md"
        aria-label={t('About this chart: {{title}}', { title: t(title) })}
      >
        <IconInfoCircle size={16} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
});
