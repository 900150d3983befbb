/** The view Data: the data sets, how to get more, and their images. */
import { t } from '../../language/language';
import { Stack, Text, Title } from '@mantine/core';
import { GetData } from './GetData';
import { ImagesSection } from './ImagesSection';
import { SetList } from './SetList';

export function DataView() {
  return (
    <Stack gap="lg" mt="md" maw={1180} component="section" aria-label={t('Data sets')}>
      <div>
        <Title order={2} size="h4">
          {t('Data')}
        </Title>
        <Text size="sm" c="dimmed" maw={720}>
          {t(
            'What experiments train on. The next run uses the set that is marked “In use”; a run in progress keeps its own.',
          )}
        </Text>
      </div>
      <SetList />
      <GetData />
      <ImagesSection />
    </Stack>
  );
}
