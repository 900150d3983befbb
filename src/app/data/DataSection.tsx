/** CIFAR-100 in the settings panel: the loaded set, and the controls that load one, which other parts of the page share. */
import { sentences } from '../../language/join';
import { t } from '../../language/language';
import { messageText } from '../../language/message-text';
import { Button, FileButton, Group, Paper, Progress, Stack, Text } from '@mantine/core';
import { IconDatabase, IconDownload, IconFileUpload, IconFolderOpen } from '@tabler/icons-react';
import { dataFiles } from '../../data/data-file';
import type { Progress as ReadingState } from '../../data/progress';
import { bytes, count, duration } from '../controls/format';
import { cancelReading, readFiles, readServed } from './load-data';
import { useData } from '../store/data-sets';
import { useInterface } from '../store/interface-state';
import { showView } from '../store/current-view';

const readChosen = (files: readonly File[]) => {
  if (files.length > 0) void readFiles(dataFiles(files));
};

/** Opens a file dialog for any files, several at once if they belong together. The reader checks them. */
export function ChooseFile({
  label = t('Choose files'),
  variant = 'default',
}: {
  label?: string;
  variant?: string;
}) {
  return (
    <FileButton multiple onChange={readChosen} inputProps={{ 'aria-label': t('CIFAR-100 archive') }}>
      {(props) => (
        <Button {...props} size="xs" variant={variant} leftSection={<IconFileUpload size={16} />}>
          {label}
        </Button>
      )}
    </FileButton>
  );
}

/** Attributes that are missing in React's types. */
const FOLDERS = { webkitdirectory: '' };

/** Opens a dialog for a folder of train/CLASS/*.png and test/CLASS/*.png, or of unpacked files. */
export function ChooseFolder() {
  return (
    <FileButton
      multiple
      onChange={readChosen}
      inputProps={{ 'aria-label': t('Folder of CIFAR-100 images'), ...FOLDERS }}
    >
      {(props) => (
        <Button {...props} size="xs" variant="default" leftSection={<IconFolderOpen size={16} />}>
          {t('Choose folder')}
        </Button>
      )}
    </FileButton>
  );
}

/** Loads the archive that the server offers, if there is one. */
export function LoadServed() {
  const served = useData((state) => state.served);
  const loading = useData((state) => state.loading);
  if (!served || loading) return null;
  return (
    <Button
      size="xs"
      variant="filled"
      leftSection={<IconDownload size={16} />}
      onClick={() => void readServed()}
    >
      {t('Load the served archive')}
    </Button>
  );
}

/** "12.3 of 33.6 MB, 4.1 MB/s, 0:06 left" */
function progressText({ done, total, bytesPerSecond, secondsLeft }: ReadingState): string {
  const values = { done: bytes(done), total: bytes(total), speed: bytes(bytesPerSecond) };
  if (bytesPerSecond <= 0) return t('{{done}} of {{total}}', values);
  return secondsLeft !== null && secondsLeft > 0
    ? t('{{done}} of {{total}}, {{speed}}/s, {{left}} left', { ...values, left: duration(secondsLeft) })
    : t('{{done}} of {{total}}, {{speed}}/s', values);
}

/** Progress of the reading or download, with a button that cancels it; nothing if there is none. */
export function ReadingProgress() {
  const loading = useData((state) => state.loading);
  if (!loading) return null;
  const { progress } = loading;
  const what = messageText(loading.what);
  return (
    <Stack gap={6}>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <div style={{ minWidth: 0 }}>
          <Text size="xs" truncate title={what}>
            {what}
          </Text>
          {progress && (
            <Text size="xs" c="dimmed" style={{ fontVariantNumeric: 'tabular-nums' }}>
              {progressText(progress)}
            </Text>
          )}
        </div>
        <Button size="compact-xs" variant="default" style={{ flex: 'none' }} onClick={cancelReading}>
          {t('Cancel')}
        </Button>
      </Group>
      <Progress
        value={progress ? (100 * progress.done) / Math.max(1, progress.total) : 100}
        animated={!progress}
        aria-label={what}
      />
    </Stack>
  );
}

/** The set that experiments with CIFAR-100 train on, in the settings panel. */
export function DataSection() {
  const { sets, stored, memory, loading } = useData();
  const here = memory
    ? { label: memory.label, train: memory.train.count, test: memory.test.count, bytes: null }
    : stored;
  return (
    <Paper withBorder p="sm" mt={4}>
      <Stack gap="xs">
        {here && (
          <div>
            <Text size="sm" fw={600}>
              {messageText(here.label)}
            </Text>
            <Text size="xs" c="dimmed">
              {sentences(
                here.bytes === null
                  ? t('{{train}} training and {{test}} test images.', {
                      train: count(here.train),
                      test: count(here.test),
                    })
                  : t('{{train}} training and {{test}} test images, {{size}}.', {
                      train: count(here.train),
                      test: count(here.test),
                      size: bytes(here.bytes),
                    }),
                memory
                  ? t('In memory only: lost when the page closes.')
                  : sets.length > 1
                    ? t('One of {{sets}} sets stored in this browser.', { sets: sets.length })
                    : t('Stored in this browser.'),
              )}
            </Text>
          </div>
        )}
        {!here && !loading && (
          <Text size="xs" c="dimmed">
            {t(
              'CIFAR-100 is not loaded yet. Drop your copy anywhere on this page: an archive, parquet files or a folder of images. It stays in this browser.',
            )}
          </Text>
        )}
        <ReadingProgress />
        {!loading && (
          <Group gap="xs">
            {!here && <LoadServed />}
            {!here && <ChooseFile />}
            <Button
              size="xs"
              variant="default"
              leftSection={<IconDatabase size={16} />}
              onClick={() => {
                showView('data');
                useInterface.setState({ panelOpen: false });
              }}
            >
              {here ? t('All sets') : t('More ways to get it')}
            </Button>
          </Group>
        )}
      </Stack>
    </Paper>
  );
}
