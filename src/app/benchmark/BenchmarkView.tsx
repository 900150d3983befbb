/** The benchmark: times training steps of the lab's kernels and of TensorFlow.js on this machine, alternately. */
import { phrase, t } from '../../language/language';
import { message, verbatim, type Message } from '../../language/message';
import { messageText } from '../../language/message-text';
import { Button, Checkbox, Group, Select, Stack, Table, Text, Title } from '@mantine/core';
import { IconPlayerPlayFilled, IconPlayerStopFilled } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { BENCH_NETWORKS, type BenchNetwork } from '../../training/checks/bench';
import type { TfjsBackend } from '../../training/engines/tfjs/backend';
import { availableThreads } from '../../training/engines/thread-count';
import { useRun } from '../store/run';
import {
  measure,
  median,
  ROUNDS,
  stopMeasuring,
  useBench,
  type BenchEntry,
  type BenchResult,
  type BenchState,
} from './bench-client';

const NETWORK_LABELS: Record<BenchNetwork, string> = {
  'repvgg-11': phrase('RepVGG, 11 layers, widths 8–32'),
  'simplified-11': phrase('Simplified, 11 layers, widths 8–32'),
  'plain-11': phrase('Plain, 11 layers, widths 8–32'),
  'repvgg-9-m16': phrase('RepVGG, 9 layers, m = 16'),
  'simplified-9-m16': phrase('Simplified, 9 layers, m = 16'),
  'resnet-20': 'ResNet-20',
  'resnet-110': 'ResNet-110',
  'wrn-16-2': 'WRN-16-2',
};
const BATCHES = ['8', '32', '64', '128'];

interface Choice extends BenchEntry {
  id: string;
  /** Selected initially. */
  on: boolean;
}

/** What is being measured now, as text. */
function progressText({ label, what }: NonNullable<BenchState['now']>): string {
  const implementation = messageText(label);
  if (what === 'warm-up') return t('{{implementation}}: warming up', { implementation });
  return what === 'kernels'
    ? t('{{implementation}}: its kernels, and a matrix product', { implementation })
    : t('{{implementation}}: round {{round}} of {{rounds}}', { implementation, round: what, rounds: ROUNDS });
}

/** TensorFlow.js on a backend: with the lab's formulation of the step, and stock. */
const tensorflow = (backend: TfjsBackend, name: string | Message): Choice[] => [
  {
    id: `tfjs-${backend}`,
    label: message('bench.formulas', { backend: name }),
    implementation: { engine: 'tfjs', backend },
    on: false,
  },
  {
    id: `stock-${backend}`,
    label: message('bench.stock', { backend: name }),
    implementation: { engine: 'stock', backend },
    on: false,
  },
];

/** WebGPU: the lab's own kernels in both precisions, and TensorFlow.js. */
function webgpu(): Choice[] {
  // not translated: a name.
  const backend = 'WebGPU';
  return [
    { id: 'webgpu', label: verbatim(backend), implementation: { engine: 'webgpu' }, on: false },
    {
      id: 'webgpu half',
      label: message('bench.half', { backend }),
      implementation: { engine: 'webgpu', precision: 'half' },
      on: false,
    },
    ...tensorflow('webgpu', backend),
  ];
}

/** Implementations that this browser can run. */
function choicesHere(): Choice[] {
  const cores = availableThreads();
  const wasm = (threads: number, arithmetic: 'reproducible' | 'fastest'): Choice => ({
    id: `wasm ${threads} ${arithmetic}`,
    label:
      threads === 1
        ? message(arithmetic === 'fastest' ? 'bench.fastestThread' : 'bench.thread')
        : message(arithmetic === 'fastest' ? 'bench.fastestThreads' : 'bench.threads', { threads }),
    implementation: { engine: 'wasm', threads, arithmetic },
    on: arithmetic === 'reproducible',
  });
  const gpu = 'gpu' in navigator;
  return [
    wasm(1, 'reproducible'),
    ...(cores > 1 ? [wasm(cores, 'reproducible')] : []),
    wasm(cores, 'fastest'),
    ...(gpu ? webgpu() : []),
    ...tensorflow('webgl', 'WebGL'),
    ...tensorflow('wasm', 'WebAssembly'),
    ...tensorflow('cpu', message('bench.javascript')),
  ];
}

const COLUMNS = [
  phrase('Implementation'),
  phrase('Time per step'),
  phrase('Rounds'),
  phrase('Images/s'),
  phrase('G multiply-adds/s'),
  phrase('Speed'),
];

/** A second line in a cell. */
const Aside = ({ children }: { children: ReactNode }) => (
  <Text size="xs" c="dimmed" fw={400}>
    {children}
  </Text>
);

function Row({ result, batch, slowest }: { result: BenchResult; batch: number; slowest: number }) {
  const { label, adapter, rounds, macs, kernels, limit, failed } = result;
  const milliseconds = median(rounds);
  return (
    <Table.Tr>
      <Table.Th scope="row" fw={500}>
        {messageText(label)}
        {adapter && <Aside>{messageText(adapter)}</Aside>}
      </Table.Th>
      {failed !== null ? (
        <Table.Td colSpan={COLUMNS.length - 1}>
          {t('Not measured: {{reason}}', { reason: messageText(failed) })}
        </Table.Td>
      ) : rounds.length === 0 ? (
        <Table.Td colSpan={COLUMNS.length - 1}>…</Table.Td>
      ) : (
        <>
          <Table.Td>
            {t('{{milliseconds}} ms', { milliseconds: milliseconds.toFixed(1) })}
            {kernels !== null && (
              <Aside>{t('{{milliseconds}} ms in kernels', { milliseconds: kernels.toFixed(1) })}</Aside>
            )}
          </Table.Td>
          <Table.Td>
            {t('{{least}}–{{most}} ms', {
              least: Math.min(...rounds).toFixed(1),
              most: Math.max(...rounds).toFixed(1),
            })}
          </Table.Td>
          <Table.Td>
            {((1000 * batch) / milliseconds).toLocaleString('en', { maximumFractionDigits: 0 })}
          </Table.Td>
          <Table.Td>
            {((macs * batch) / milliseconds / 1e6).toFixed(1)}
            {limit !== null && (
              <Aside>{t('matrix product: {{rate}}', { rate: (limit / 1e9).toFixed(1) })}</Aside>
            )}
          </Table.Td>
          <Table.Td>{(slowest / milliseconds).toFixed(2)}×</Table.Td>
        </>
      )}
    </Table.Tr>
  );
}

export function BenchmarkView() {
  const [choices] = useState(choicesHere);
  const [picked, setPicked] = useState(() => choices.filter(({ on }) => on).map(({ id }) => id));
  const [network, setNetwork] = useState<BenchNetwork>('repvgg-11');
  const [batch, setBatch] = useState('32');
  const { running, now, measured, results } = useBench();
  const training = useRun(({ status }) => status === 'running' || status === 'preparing');
  const entries = choices.filter(({ id }) => picked.includes(id));
  const done = results.filter(({ rounds }) => rounds.length > 0);
  const slowest = Math.max(...done.map(({ rounds }) => median(rounds)));
  return (
    <Stack gap="md" component="section" aria-label={t('Benchmark')}>
      <div>
        <Title order={2} size="h4">
          {t('Benchmark')}
        </Title>
        <Text size="sm" c="dimmed" maw={720}>
          {t(
            'Times whole training steps on this machine: forward, backward and update, each read back before the next. The implementations are measured alternately, so that other load on the machine slows all of them alike. Multiply-adds are counted as if every convolution were computed directly. For WebGPU, the table also shows the time in kernels, where the adapter has timestamps, and the rate of a plain matrix product.',
          )}
        </Text>
      </div>
      <Group gap="md" align="end">
        <Select
          label={t('Network')}
          w={270}
          data={Object.entries(NETWORK_LABELS).map(([value, label]) => ({ value, label: t(label) }))}
          value={network}
          allowDeselect={false}
          disabled={running}
          onChange={(value) => value && value in BENCH_NETWORKS && setNetwork(value as BenchNetwork)}
        />
        <Select
          label={t('Batch')}
          w={90}
          data={BATCHES}
          value={batch}
          allowDeselect={false}
          disabled={running}
          onChange={(value) => value && setBatch(value)}
        />
        {running ? (
          <Button
            variant="default"
            leftSection={<IconPlayerStopFilled size={14} aria-hidden />}
            onClick={stopMeasuring}
          >
            {t('Stop measuring')}
          </Button>
        ) : (
          <Button
            leftSection={<IconPlayerPlayFilled size={14} aria-hidden />}
            disabled={entries.length === 0 || training}
            onClick={() => void measure(entries, network, Number(batch))}
          >
            {t('Measure')}
          </Button>
        )}
        <Text size="sm" c="dimmed" role="status">
          {running
            ? now && progressText(now)
            : training
              ? t('Pause or stop the run first: it would be measured too.')
              : ''}
        </Text>
      </Group>
      <Checkbox.Group label={t('Implementations')} value={picked} onChange={setPicked}>
        <Group gap="md" mt={6}>
          {choices.map(({ id, label }) => (
            <Checkbox key={id} value={id} label={messageText(label)} disabled={running} />
          ))}
        </Group>
      </Checkbox.Group>
      {measured ? (
        <Table.ScrollContainer minWidth={620}>
          <Table verticalSpacing={6} style={{ fontVariantNumeric: 'tabular-nums' }}>
            <Table.Caption>
              {t('{{network}}, batch {{batch}}. Medians of rounds; speed against the slowest.', {
                network: t(NETWORK_LABELS[measured.network]),
                batch: measured.batch,
              })}
            </Table.Caption>
            <Table.Thead>
              <Table.Tr>
                {COLUMNS.map((label) => (
                  <Table.Th key={label} scope="col">
                    {t(label)}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {results.map((result) => (
                <Row
                  key={messageText(result.label)}
                  result={result}
                  batch={measured.batch}
                  slowest={slowest}
                />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      ) : (
        <Text size="sm">
          {t(
            'Choose implementations and press Measure. The table will show the time per step of each, its spread, and its speed relative to the slowest.',
          )}
        </Text>
      )}
    </Stack>
  );
}
