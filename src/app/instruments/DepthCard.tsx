/** RMS by depth: of the untrained network with the panel's settings (a probe), and of the run. */
import { Text, useComputedColorScheme } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useEffect, useState } from 'react';
import { sentences } from '../../language/join';
import { phrase, t } from '../../language/language';
import { saidBy } from '../../language/message';
import { messageText } from '../../language/message-text';
import { depthProfile } from '../../charts/instrument-figures';
import { growthPerLayer } from '../../instruments/theory';
import type { RunState } from '../../runs/record';
import type { ProbeReport, Reply } from '../../training/protocol';
import { useExperiment } from '../store/experiment';
import { useRun } from '../store/run';
import { Card } from './Card';

/** Time without further changes before a probe starts, in ms. */
const SETTLING_TIME = 500;

/** The panel's experiment, probed whenever it changes while nothing trains. */
function useProbe(): Reply<ProbeReport> | null {
  const experiment = useExperiment((state) => state.experiment);
  const [settled] = useDebouncedValue(experiment, SETTLING_TIME);
  const busy = useRun((state) => state.status === 'running' || state.status === 'preparing');
  const ask = useRun((state) => state.ask);
  const [probed, setProbed] = useState<Reply<ProbeReport> | null>(null);
  useEffect(() => {
    if (busy) return undefined;
    let wanted = true;
    ask({ type: 'probe', experiment: settled }).then(
      (reply) => wanted && setProbed(reply),
      (error: unknown) => wanted && setProbed({ result: null, reason: saidBy(error) }),
    );
    return () => {
      wanted = false;
    };
  }, [settled, busy, ask]);
  return probed;
}

const shown = (value: number) => (Number.isFinite(value) ? value.toPrecision(3) : t('no number'));

/** Growth per layer from which on the text says that activations grow, and that they grow exponentially. */
const SLOW = 1.05;
const FAST = 1.3;

const growthText = (factor: number) =>
  factor < SLOW
    ? t('Depth does not make the activations grow.')
    : factor < FAST
      ? t('The activations grow slowly with depth.')
      : t('The activations grow exponentially with depth.');

export function DepthCard({ run, revision }: { run: RunState | null; revision: number }) {
  const dark = useComputedColorScheme('light') === 'dark';
  const probed = useProbe();
  const report = probed?.result ?? null;
  const columns = run?.instruments.find('rms') ?? [];
  const profiles = [
    ...(report ? [{ name: t('These settings, untrained, on noise'), rms: report.rms }] : []),
    ...(run && columns.length > 0 && run.instruments.count > 0
      ? [
          {
            name: t('The run at step {{step}}', { step: 0 }),
            rms: columns.map((k) => run.instruments.column(k)[0]!),
          },
          {
            name: t('The run at step {{step}}', { step: run.instruments.steps.at(-1) }),
            rms: columns.map((k) => run.instruments.latest(k)),
          },
        ]
      : []),
  ];
  const factor = report ? growthPerLayer(report.rms) : NaN;
  return (
    <Card
      title={phrase('Activations by depth')}
      part="activations"
      help={t(
        'Root mean square of every layer’s output: of the panel’s settings before any training, on noise of RMS 1 (probed again after every change while nothing trains), and of the run on its training batch.',
      )}
      formula={t('√(mean of y²), layer by layer')}
      instrument="rms"
      run={run}
      empty={
        profiles.length > 0
          ? null
          : probed?.result === null
            ? messageText(probed.reason)
            : t('The RMS of every layer’s output will appear here.')
      }
      choices={[]}
      build={() => depthProfile(profiles, dark)}
      revision={`${revision} ${run?.id} ${report?.rms.join()} ${dark}`}
      label={
        report
          ? t('RMS from {{first}} to {{last}}', {
              first: shown(report.rms[0]!),
              last: shown(report.rms.at(-1)!),
            })
          : t('RMS by depth')
      }
      quantities={['rms']}
    >
      {report && (
        <Text size="xs">
          {sentences(
            t(
              'Untrained: ×{{factor}} per layer, {{last}} in the last of {{layers}} layers; standard deviation of the logits {{deviation}}.',
              {
                factor: shown(factor),
                last: shown(report.rms.at(-1)!),
                layers: report.rms.length,
                deviation: shown(report.logitStd),
              },
            ),
            growthText(factor),
            t('Probed with {{images}} images in {{seconds}} s.', {
              images: report.images,
              seconds: (report.milliseconds / 1000).toFixed(1),
            }),
          )}
        </Text>
      )}
    </Card>
  );
}
