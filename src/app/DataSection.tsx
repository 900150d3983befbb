/** CIFAR-100 in the settings panel: what is here, and the controls that get it, shared with the other places. */
import { Button, FileButton, Group, Paper, Progress, Stack, Text } from '@mantine/core';
import { IconDatabase, IconDownload, IconFileUpload, IconFolderOpen } from '@tabler/icons-react';
import { dataFiles } from '../data/data-file';
import type { Progress as ReadingState } from '../data/progress';
import { bytes, count, duration } from './format';
import { cancelReading, readFiles, readServed } from './loadData';
import { useData } from './store/data';
import { useInterface } from './store/interface';
import { showView } from './store/view';

const readChosen = (files: readonly File[]) => {
  if (files.length > 0) void readFiles(dataFiles(files));
};

/** Opens a file dialog; any files go, several together where they belong together. The reader judges them. */
export function ChooseFile({
  label = 'Choose files',
  variant = 'default',
}: {
  label?: string;
  variant?: string;
}) {
  return (
    <FileButton multiple onChange={readChosen} inputProps={{ 'aria-label': 'CIFAR-100 archive' }}>
      {(props) => (
        <Button {...props} size="xs" variant={variant} leftSection={<IconFileUpload size={16} />}>
          {label}
        </Button>
      )}
    </FileButton>
  );
}

/** Attributes that React's types leave out. */
const FOLDERS = { webkitdirectory: '' };

/** Opens a dialog for a folder of train/CLASS/*.png and test/CLASS/*.png, or of unpacked files. */
export function ChooseFolder() {
  return (
    <FileButton
      multiple
      onChange={readChosen}
      inputProps={{ 'aria-label': 'Folder of CIFAR-100 images', ...FOLDERS }}
    >
      {(props) => (
        <Button {...props} size="xs" variant="default" leftSection={<IconFolderOpen size={16} />}>
          Choose folder
        </Button>
      )}
    </FileButton>
  );
}

/** Loads the archive that the server offers, where it offers one. */
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
      Load the served archive
    </Button>
  );
}

/** "12.3 of 33.6 MB, 4.1 MB/s, 0:06 left" */
const progressText = ({ done, total, bytesPerSecond, secondsLeft }: ReadingState): string =>
  [
    `${bytes(done)} of ${bytes(total)}`,
    ...(bytesPerSecond > 0 ? [`${bytes(bytesPerSecond)}/s`] : []),
    ...(secondsLeft !== null && secondsLeft > 0 ? [`${duration(secondsLeft)} left`] : []),
  ].join(', ');

/** How far the reading or download is, and the way to end it; nothing while there is none. */
export function ReadingProgress() {
  const loading = useData((state) => state.loading);
  if (!loading) return null;
  const { what, progress } = loading;
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
          Cancel
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
              {here.label}
            </Text>
            <Text size="xs" c="dimmed">
              {count(here.train)} training and {count(here.test)} test images
              {here.bytes !== null && `, ${bytes(here.bytes)}`}.{' '}
              {memory
                ? 'In memory: gone when the page closes.'
                : sets.length > 1
                  ? `One of ${sets.length} sets kept in this browser.`
                  : 'Kept in this browser.'}
            </Text>
          </div>
        )}
        {!here && !loading && (
          <Text size="xs" c="dimmed">
            CIFAR-100 is not here yet. Drop your copy anywhere on this page: an archive, parquet files or a
            folder of images. It stays in this browser.
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
              {here ? 'All sets' : 'More ways to get it'}
            </Button>
          </Group>
        )}
      </Stack>
    </Paper>
  );
}
