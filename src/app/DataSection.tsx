/** CIFAR-100 in the lab: what is here, how to get it, how to be rid of it. */
import { Anchor, Button, FileButton, Group, Paper, Progress, Stack, Text } from '@mantine/core';
import { IconDownload, IconFileUpload, IconFolderOpen, IconTrash } from '@tabler/icons-react';
import { dataFiles } from '../data/data-file';
import { bytes, count } from './format';
import { cancelReading, forgetData, readFiles, readServed } from './loadData';
import { useData } from './store/data';

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

export function ReadingProgress() {
  const loading = useData((state) => state.loading);
  if (!loading) return null;
  const known = loading.share !== null;
  return (
    <Stack gap={6}>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Text size="xs" truncate>
          {loading.what}
          {known && ` · ${Math.round(loading.share! * 100)} %`}
        </Text>
        <Button size="compact-xs" variant="default" onClick={cancelReading}>
          Cancel
        </Button>
      </Group>
      <Progress value={known ? loading.share! * 100 : 100} animated={!known} aria-label={loading.what} />
    </Stack>
  );
}

export function DataSection() {
  const { stored, memory, served, loading } = useData();
  const here =
    stored ??
    (memory && { label: memory.label, train: memory.train.count, test: memory.test.count, bytes: null });
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
              {stored ? 'Kept in this browser.' : 'In memory: gone when the page closes.'}
            </Text>
          </div>
        )}
        {!here && !loading && (
          <Text size="xs" c="dimmed">
            CIFAR-100 is not here yet. Get it from its{' '}
            <Anchor
              href="https://www.cs.toronto.edu/~kriz/cifar.html"
              target="_blank"
              rel="noreferrer"
              underline="always"
              size="xs"
            >
              home page
            </Anchor>{' '}
            and drop it anywhere on this page: an archive, parquet files or a folder of images. It stays in
            this browser.
          </Text>
        )}
        <ReadingProgress />
        {!loading && (
          <Group gap="xs">
            {!here && <LoadServed />}
            <ChooseFile
              label={here ? 'Choose other files' : 'Choose files'}
              variant={here || served ? 'default' : 'light'}
            />
            <ChooseFolder />
            {here && (
              <Button
                size="xs"
                variant="subtle"
                color="red"
                leftSection={<IconTrash size={16} />}
                onClick={() => void forgetData()}
              >
                Delete
              </Button>
            )}
          </Group>
        )}
      </Stack>
    </Paper>
  );
}
