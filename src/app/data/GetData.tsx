/** How to get CIFAR-100: files from the disk, a share of the copy on Hugging Face, a custom URL. */
import { t } from '../../language/language';
import { Rich } from '../../language/Rich';
import {
  Anchor,
  Button,
  Group,
  Paper,
  SegmentedControl,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
  Title,
} from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useState } from 'react';
import { estimatedBytes, HUGGING_FACE, SHARES } from '../../data/download/hugging-face';
import { ChooseFile, ChooseFolder, LoadServed, ReadingProgress } from './DataSection';
import { bytes, count } from '../controls/format';
import { downloadFrom, downloadShare } from './load-data';
import { useData } from '../store/data-sets';

/** Page of the copy on Hugging Face. */
const COPY = `${HUGGING_FACE.host}/datasets/${HUGGING_FACE.name}`;

/** Downloads a share on one click. The label of the button says the size. */
export function DownloadShare({ share, variant = 'filled' }: { share: number; variant?: string }) {
  return (
    <Button
      size="xs"
      variant={variant}
      leftSection={<IconDownload size={16} aria-hidden />}
      onClick={() => void downloadShare(share)}
    >
      {t('Download {{percent}} %, about {{size}}', {
        percent: Math.round(100 * share),
        size: bytes(estimatedBytes(share)),
      })}
    </Button>
  );
}

function Way({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <Paper withBorder p="sm" component="section" aria-label={title}>
      <Stack gap="xs" h="100%">
        <Title order={4} size="h6">
          {title}
        </Title>
        {children}
      </Stack>
    </Paper>
  );
}

function FromHuggingFace() {
  const [chosen, setChosen] = useState('0.1');
  const share = Number(chosen);
  return (
    <Way title={t('From Hugging Face')}>
      <Text size="sm">
        <Rich
          text="{{train}} training and {{test}} test images from <server/>. The page contacts this server only when you press the button."
          values={{ train: count(50_000 * share), test: count(10_000 * share) }}
          parts={{
            server: (
              <Anchor href={`https://${COPY}`} target="_blank" rel="noreferrer" underline="always" size="sm">
                {COPY}
              </Anchor>
            ),
          }}
        />
      </Text>
      <SegmentedControl
        aria-label={t('Share of the images')}
        size="xs"
        fullWidth
        transitionDuration={0}
        data={SHARES.map((value) => ({ value: String(value), label: `${Math.round(100 * value)} %` }))}
        value={chosen}
        onChange={setChosen}
      />
      <Group mt="auto">
        <DownloadShare share={share} />
      </Group>
    </Way>
  );
}

/** The addresses in a text; null if one of them is not a URL that can be downloaded. */
function urlsIn(text: string): string[] | null {
  const parts = text.split(/\s+/).filter(Boolean);
  const fine = parts.every((part) => /^https?:\/\//i.test(part) && URL.canParse(part));
  return parts.length > 0 && fine ? parts : null;
}

function FromUrl() {
  const [text, setText] = useState('');
  const [error, setError] = useState<string | null>(null);
  return (
    <Way title={t('From a custom URL')}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const urls = urlsIn(text);
          setError(urls ? null : t('Give an address that begins with https:// or http://.'));
          if (urls) void downloadFrom(urls);
        }}
      >
        <Stack gap="xs">
          <TextInput
            label={t('Address of an archive, or of several files')}
            description={t(
              'Separate several addresses by spaces. The server must allow this page to read them (CORS).',
            )}
            placeholder="https://…/cifar-100-binary.tar.gz"
            size="xs"
            value={text}
            error={error}
            inputMode="url"
            spellCheck={false}
            onChange={(event) => {
              setText(event.currentTarget.value);
              setError(null);
            }}
          />
          <Group>
            <Button
              type="submit"
              size="xs"
              variant="default"
              leftSection={<IconDownload size={16} aria-hidden />}
            >
              {t('Download from this URL')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Way>
  );
}

export function GetData() {
  const loading = useData((state) => state.loading);
  return (
    <Stack gap="sm" component="section" aria-label={t('Get CIFAR-100')}>
      <Title order={3} size="h5">
        {t('Get CIFAR-100')}
      </Title>
      {loading ? (
        <Paper withBorder p="sm" maw={560}>
          <ReadingProgress />
        </Paper>
      ) : (
        <SimpleGrid cols={{ base: 1, md: 3 }} spacing="sm">
          <Way title={t('From your disk')}>
            <Text size="sm">
              <Rich
                text="cifar-100-binary.tar.gz or cifar-100-python.tar.gz (169 MB, from its <home>home page</home>), the two parquet files, train.bin with test.bin, or a folder or zip of train/CLASS/*.png. Choose them or drop them anywhere on this page; they never leave this browser."
                parts={{
                  home: (
                    <Anchor
                      href="https://www.cs.toronto.edu/~kriz/cifar.html"
                      target="_blank"
                      rel="noreferrer"
                      underline="always"
                      size="sm"
                    />
                  ),
                }}
              />
            </Text>
            <Group gap="xs" mt="auto">
              <LoadServed />
              <ChooseFile />
              <ChooseFolder />
            </Group>
          </Way>
          <FromHuggingFace />
          <FromUrl />
        </SimpleGrid>
      )}
    </Stack>
  );
}
