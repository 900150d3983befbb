/** Estimates the time of runs on this machine from the newest run of the history with a measured speed. */
import { useMemo } from 'react';
import { CLASSES, TRAIN_PER_CLASS } from '../../data/builtin/size';
import type { Experiment } from '../../experiment/settings';
import { experimentFromQuery } from '../../experiment/url';
import { t } from '../../language/language';
import { secondsFor } from '../../runs/estimate';
import { speed } from '../controls/format';
import { useData } from '../store/data-sets';
import { useHistory } from '../store/history';

/** A function from experiments to seconds, and the run it is based on; null if no run has been measured. */
export function useEstimate(): {
  seconds: (experiments: readonly Experiment[]) => number;
  by: { run: string; speed: string };
} | null {
  const measured = useHistory(
    ({ entries }) => entries.find(({ imagesPerSecond, steps }) => imagesPerSecond > 0 && steps > 0) ?? null,
  );
  const cifar = useData(({ memory, stored }) => memory?.train.count ?? stored?.train ?? 50_000);
  return useMemo(() => {
    if (!measured) return null;
    const { query, imagesPerSecond, name } = measured;
    const fast = { experiment: experimentFromQuery(query).experiment, imagesPerSecond };
    const available = ({ data }: Experiment) => (data === 'builtin' ? TRAIN_PER_CLASS * CLASSES : cifar);
    return {
      seconds: (experiments) =>
        experiments.reduce((sum, one) => sum + secondsFor(one, available(one), fast), 0),
      by: { run: name, speed: speed(imagesPerSecond) },
    };
  }, [measured, cifar]);
}

function roughly(seconds: number): string {
  if (seconds < 60) return t('less than a minute');
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return t('about {{minutes}} min', { minutes });
  const hours = minutes / 60;
  return t('about {{hours}} h', { hours: hours < 10 ? hours.toFixed(1) : Math.round(hours) });
}

/** "about 12 min", or the reason why there is no estimate. */
export const estimated = (
  estimate: ReturnType<typeof useEstimate>,
  experiments: readonly Experiment[],
): string =>
  estimate
    ? t('{{time}} of training (by {{run}}, {{speed}} images/s)', {
        time: roughly(estimate.seconds(experiments)),
        ...estimate.by,
      })
    : t('how long they take is told once a run has been measured here');
