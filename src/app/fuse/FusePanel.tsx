/** Fuses the network of the run, compares both forms on test images, and saves either form as files. */
import { phrase, t } from '../../language/language';
import { partProps } from '../../page/parts';
import { Rich } from '../../language/Rich';
import { saidBy, type Message } from '../../language/message';
import { messageText } from '../../language/message-text';
import { Alert, Button, Group, Menu, Table, Text, Title } from '@mantine/core';
import { IconArrowMerge, IconDownload } from '@tabler/icons-react';
import { useState } from 'react';
import { download } from '../../charts/plotly';
import { whyNotFusable } from '../../network/fuse';
import { aboutOf } from '../../runs/files/safetensors-metadata';
import type { FuseReport, NetworkForm } from '../../training/protocol';
import { count, magnitude } from '../controls/format';
import { noteFused, useFindings } from '../store/side-results';
import { useRun } from '../store/run';
import { exportNetwork, type FileKind } from './export-network';
import classes from './FusePanel.module.css';

const percent = (share: number) => `${(share * 100).toFixed(2)} %`;

const FILES: readonly { form: NetworkForm; kind: FileKind; label: string }[] = [
  { form: 'trained', kind: 'safetensors', label: phrase('As trained, safetensors') },
  { form: 'trained', kind: 'graph', label: phrase('As trained, TensorFlow.js graph model') },
  { form: 'fused', kind: 'safetensors', label: phrase('Fused, safetensors') },
  { form: 'fused', kind: 'graph', label: phrase('Fused, TensorFlow.js graph model') },
];

function Comparison({ report }: { report: FuseReport }) {
  const { trained, fused, largestDifference, largestLogit, images, step } = report;
  const rows: [string, string, string][] = [
    [t('Top-1 on test images'), percent(trained.top1), percent(fused.top1)],
    [t('Parameters'), magnitude(trained.parameters), magnitude(fused.parameters)],
    [t('Multiply-adds per image'), magnitude(trained.macs), magnitude(fused.macs)],
    [
      t('Images per second'),
      count(Math.round(trained.imagesPerSecond)),
      count(Math.round(fused.imagesPerSecond)),
    ],
  ];
  const ratio = fused.imagesPerSecond / trained.imagesPerSecond;
  return (
    <>
      <Table.ScrollContainer minWidth={300}>
        <Table className={classes.table} withRowBorders={false} verticalSpacing={4}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{t('After {{step}} steps', { step: count(step) })}</Table.Th>
              <Table.Th scope="col">{t('Trained')}</Table.Th>
              <Table.Th scope="col">{t('Fused')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map(([name, before, after]) => (
              <Table.Tr key={name}>
                <Table.Th scope="row">{name}</Table.Th>
                <Table.Td>{before}</Table.Td>
                <Table.Td>{after}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Text size="sm">
        {t(
          'On {{images}} test images the logits of the two forms differ by at most {{difference}}, {{share}} of the largest logit: the same function up to rounding. The fused form runs {{ratio}} times as fast here.',
          {
            images: count(images),
            difference: largestDifference.toExponential(1),
            share: (largestDifference / largestLogit).toExponential(1),
            ratio: ratio.toFixed(2),
          },
        )}
      </Text>
    </>
  );
}

export function FusePanel() {
  const run = useRun((state) => state.run);
  // The series grow outside React.
  useRun((state) => state.revision);
  const ask = useRun((state) => state.ask);
  const result = useFindings((state) => state.fused);
  const [problem, setProblem] = useState<{ runId: string; said: Message } | null>(null);
  const [busy, setBusy] = useState(false);
  const runId = run?.id ?? null;
  const begun = run?.plan != null && run.series.count > 0;
  const why = run?.plan ? whyNotFusable(run.plan) : null;
  const report = result?.runId === runId ? result?.report : undefined;
  const trouble = problem && problem.runId === runId ? messageText(problem.said) : '';

  /** `act` resolves to why it could not be done, or to null. */
  const carryOut = async (act: (id: string) => Promise<Message | null>) => {
    if (runId === null || busy) return;
    setBusy(true);
    setProblem(null);
    try {
      const reason = await act(runId);
      if (reason) setProblem({ runId, said: reason });
    } catch (error) {
      setProblem({ runId, said: saidBy(error) });
    } finally {
      setBusy(false);
    }
  };
  const fuse = () =>
    carryOut(async (id) => {
      const reply = await ask({ type: 'fuse', runId: id });
      if (!reply.result) return reply.reason;
      noteFused(id, reply.result);
      return null;
    });
  const save = (form: NetworkForm, kind: FileKind) =>
    carryOut(async (id) => {
      const reply = await ask({ type: 'weights', runId: id, form });
      if (!reply.result) return reply.reason;
      const { step, tensors } = reply.result;
      if (run?.plan) {
        const about = aboutOf(run, form, step, __APP_VERSION__);
        for (const { name, blob } of exportNetwork(run.plan, tensors, form, kind, about))
          download(blob, name);
      }
      return null;
    });

  return (
    <section className={classes.panel} aria-label={t('Fuse')} {...partProps('fuse')}>
      <Group justify="space-between" gap="xs">
        <Title order={3} size="h6">
          {t('Fuse')}
        </Title>
        <Group gap="xs">
          <Button
            size="xs"
            leftSection={<IconArrowMerge size={16} aria-hidden />}
            disabled={!begun || why !== null}
            loading={busy}
            onClick={() => void fuse()}
          >
            {t('Fuse and compare')}
          </Button>
          <Menu position="bottom-end" width={290} transitionProps={{ duration: 0 }}>
            <Menu.Target>
              <Button
                size="xs"
                variant="default"
                leftSection={<IconDownload size={16} aria-hidden />}
                disabled={!begun || busy}
              >
                {t('Save the network')}
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              {FILES.map(({ form, kind, label }) => (
                <Menu.Item
                  key={label}
                  disabled={form === 'fused' && why !== null}
                  onClick={() => void save(form, kind)}
                >
                  {t(label)}
                </Menu.Item>
              ))}
              <Text size="xs" c="dimmed" px="sm" py={6}>
                {t(
                  'PyTorch: safetensors.torch.load_file, with the names of its modules. TensorFlow.js: tf.loadGraphModel on model.json beside weights.bin. Images are [n, 32, 32, 3], normalised.',
                )}
              </Text>
            </Menu.Dropdown>
          </Menu>
        </Group>
      </Group>
      {why !== null && (
        <Text size="sm">
          <Rich
            text="<b>This network cannot be fused.</b> {{why}}"
            values={{ why: messageText(why) }}
            parts={{ b: <b /> }}
          />
        </Text>
      )}
      {trouble && (
        <Alert color="gray" title={t('It did not work')}>
          {trouble}
        </Alert>
      )}
      {report ? (
        <Comparison report={report} />
      ) : (
        why === null && (
          <Text size="sm" c="dimmed">
            {begun
              ? t(
                  'Every layer becomes one 3x3 convolution with bias; both forms then run on the same test images.',
                )
              : t(
                  'After the first step of a run, the branches of every layer can be fused into one 3x3 convolution, and both forms compared.',
                )}
          </Text>
        )
      )}
    </section>
  );
}
