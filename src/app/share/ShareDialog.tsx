/** The Share dialog: chooses what a link contains, what it hides, and its form. */
import {
  Accordion,
  Button,
  Checkbox,
  Group,
  Modal,
  NativeSelect,
  NumberInput,
  Stack,
  Tabs,
  Text,
} from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconCode, IconDownload, IconLink, IconMarkdown, IconQrcode } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { hasPoints } from '../../charts/captions';
import { download } from '../../charts/plotly';
import { t } from '../../language/language';
import type { RunState } from '../../runs/record';
import { resultLink, smallResultLink } from '../../runs/result-link';
import { parseResultLink, ResultLinkError, type SharedResult } from '../../runs/shared-result';
import { currentPage } from '../store/address-bar';
import { useExperiment } from '../store/experiment';
import { useShownRecording } from '../store/recording';
import { useRun } from '../store/run';
import { VIEWS, type ViewId } from '../../page/views';
import { CopyBox } from './CopyBox';
import { progressOf, thinnedText } from './describe-result';
import { HideList } from './HideList';
import { embedCode, markdownOf, pageBase, shareLink, smallLink, titleOf, type Shared } from './links';
import { EMBEDDABLE, PLACES, presentableTitle, type Embeddable, type Place } from '../../page/link-names';
import type { PageLink } from '../address/page-link';
import { QrCode, qrSvg } from './QrCode';

interface Results {
  full: string;
  small: string;
  shared: SharedResult;
  sharedSmall: SharedResult;
}

/** The run's result as link text in both lengths, or the reason why there is none. */
function resultsOf(run: RunState | null): Results | string {
  if (!run || !hasPoints(run)) return t('Nothing is recorded yet: start a run, and its result can go along.');
  try {
    const full = resultLink(run, __APP_VERSION__);
    const small = smallResultLink(run, __APP_VERSION__);
    return { full, small, shared: parseResultLink(full), sharedSmall: parseResultLink(small) };
  } catch (error) {
    if (error instanceof ResultLinkError) return error.message;
    throw error;
  }
}

const QR_SIDE = 420;
/** Proper names, not translated. */
const FORMS = { markdown: 'Markdown', html: 'HTML' } as const;
const placeOptions = () => [
  { value: '', label: t('At its top') },
  ...PLACES.map(({ id, label }) => ({ value: id, label: t(label) })),
];

export function ShareDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const small = useMediaQuery('(max-width: 36em)', false, { getInitialValueInEffect: false });
  return (
    <Modal.Root
      opened={opened}
      onClose={onClose}
      size="xl"
      fullScreen={small}
      transitionProps={{ duration: 0 }}
    >
      <Modal.Overlay />
      <Modal.Content>
        {/* Not Modal.Header: a second <header> would be a second banner of the page. */}
        <Group justify="space-between" px="md" pt="md">
          <Modal.Title fw={650}>{t('Share')}</Modal.Title>
          <Modal.CloseButton aria-label={t('Close')} />
        </Group>
        <Modal.Body pt="xs">{opened && <Content />}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

function Content() {
  const experiment = useExperiment((state) => state.experiment);
  const beside = useExperiment((state) => state.beside);
  const run = useRun((state) => state.run);
  // The result is taken when the dialog opens, so that the link does not change while it is read.
  const recorded = useShownRecording() !== null;
  const [results] = useState(() =>
    recorded ? t('The link names the recording, which every copy of the lab has.') : resultsOf(run),
  );
  const [wanted, setWanted] = useState(false);
  const [page, setPage] = useState<PageLink>(() => ({ ...currentPage(), embed: null }));
  const found = typeof results === 'string' ? null : results;
  const result = wanted ? found : null;
  const shared = useMemo((): Shared => {
    if (!result) return { experiment, beside, page, result: null };
    return { experiment: run?.experiment ?? experiment, beside: null, page, result: result.full };
  }, [experiment, beside, page, result, run]);
  const change = (values: Partial<PageLink>) => setPage((before) => ({ ...before, ...values }));
  const link = shareLink(pageBase(), shared);
  return (
    <Stack gap="md">
      <Stack gap="xs" role="group" aria-label={t('What goes along')}>
        <Group gap="sm" align="flex-end">
          <NativeSelect
            size="xs"
            label={t('Opens')}
            data={VIEWS.map(({ id, label }) => ({ value: id, label: t(label, { context: 'view' }) }))}
            value={page.view}
            onChange={(event) => change({ view: event.currentTarget.value as ViewId, at: null })}
          />
          {page.view === 'lab' && (
            <NativeSelect
              size="xs"
              label={t('Where')}
              data={placeOptions()}
              value={page.at ?? ''}
              onChange={(event) => change({ at: (event.currentTarget.value || null) as Place | null })}
            />
          )}
        </Group>
        <Checkbox
          size="sm"
          label={
            found
              ? t('With the result of {{run}}: {{progress}}', {
                  run: found.shared.name,
                  progress: progressOf(found.shared),
                })
              : t('With a result')
          }
          description={
            found
              ? t(
                  'Its curves will lie dashed behind the visitor’s own run. The result stands in the part of the link that no server is sent.',
                )
              : String(results)
          }
          disabled={!found}
          checked={wanted && found !== null}
          onChange={(event) => setWanted(event.currentTarget.checked)}
        />
        <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {t('Settings: {{settings}}', { settings: titleOf(shared) })}
        </Text>
      </Stack>
      <Accordion variant="separated" chevronPosition="left" keepMounted={false}>
        <Accordion.Item value="hide">
          <Accordion.Control>
            <Text size="sm">
              {page.hide.length === 0
                ? t('Hide parts of the page (nothing is hidden)')
                : t('Hide parts of the page ({{hidden}} hidden)', { hidden: page.hide.length })}
            </Text>
          </Accordion.Control>
          <Accordion.Panel>
            <HideList hidden={page.hide} onChange={(hide) => change({ hide })} />
          </Accordion.Panel>
        </Accordion.Item>
      </Accordion>
      <Tabs defaultValue="link" keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="link" leftSection={<IconLink size={16} aria-hidden />}>
            {t('Link')}
          </Tabs.Tab>
          <Tabs.Tab value="qr" leftSection={<IconQrcode size={16} aria-hidden />}>
            {t('QR code')}
          </Tabs.Tab>
          <Tabs.Tab value="markdown" leftSection={<IconMarkdown size={16} aria-hidden />}>
            {FORMS.markdown}
          </Tabs.Tab>
          <Tabs.Tab value="embed" leftSection={<IconCode size={16} aria-hidden />}>
            {t('Embed')}
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="link" pt="sm">
          <CopyBox label={t('Link')} action={t('Copy link')} text={link} />
          {result && <Thinned result={result.shared} />}
        </Tabs.Panel>
        <Tabs.Panel value="qr" pt="sm">
          <Qr shared={shared} results={result} />
        </Tabs.Panel>
        <Tabs.Panel value="markdown" pt="sm">
          <CopyBox
            label={FORMS.markdown}
            action={t('Copy Markdown')}
            text={markdownOf(link, shared, result?.shared ?? null)}
          />
        </Tabs.Panel>
        <Tabs.Panel value="embed" pt="sm">
          <Embed shared={shared} />
        </Tabs.Panel>
      </Tabs>
    </Stack>
  );
}

function Thinned({ result }: { result: SharedResult }) {
  const text = thinnedText(result);
  if (text === '') return null;
  return (
    <Text size="xs" c="dimmed" mt="xs">
      {text}
    </Text>
  );
}

function Qr({ shared, results }: { shared: Shared; results: Results | null }) {
  const text = results
    ? smallLink(pageBase(), { ...shared, result: results.small })
    : shareLink(pageBase(), shared);
  const label = results
    ? t('QR code that opens the result of {{run}}', { run: results.shared.name })
    : t('QR code that opens Branch Lab with {{settings}}', { settings: titleOf(shared) });
  return (
    <Stack gap="sm">
      <QrCode text={text} label={label} side={QR_SIDE} />
      {results && <Thinned result={results.sharedSmall} />}
      <CopyBox label={t('Link in the code')} action={t('Copy link')} text={text}>
        <Button
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden />}
          onClick={() => {
            const svg = qrSvg(text);
            if (svg) download(new Blob([svg], { type: 'image/svg+xml' }), 'branch-lab-qr.svg');
          }}
        >
          {t('Save as SVG')}
        </Button>
      </CopyBox>
    </Stack>
  );
}

const LEAST = { width: 320, height: 240 };
const MOST = 4000;

function Embed({ shared }: { shared: Shared }) {
  const [part, setPart] = useState<Embeddable>('chart.identity');
  const [size, setSize] = useState({ width: 640, height: 400 });
  const link = shareLink(pageBase(), {
    ...shared,
    page: { ...shared.page, view: 'lab', at: null, embed: part },
  });
  return (
    <Stack gap="sm">
      <Group gap="sm" align="flex-end">
        <NativeSelect
          size="xs"
          label={t('Shows, with the run’s controls')}
          data={EMBEDDABLE.map((value) => ({ value, label: t(presentableTitle(value)) }))}
          value={part}
          onChange={(event) => setPart(event.currentTarget.value as Embeddable)}
        />
        {(['width', 'height'] as const).map((side) => (
          <NumberInput
            key={side}
            size="xs"
            w={110}
            label={side === 'width' ? t('Width (px)') : t('Height (px)')}
            min={LEAST[side]}
            max={MOST}
            step={20}
            allowDecimal={false}
            value={size[side]}
            onChange={(value) =>
              setSize((before) => ({ ...before, [side]: typeof value === 'number' ? value : before[side] }))
            }
          />
        ))}
      </Group>
      <CopyBox label={FORMS.html} action={t('Copy HTML')} text={embedCode(link, part, size)} />
    </Stack>
  );
}
