/** The statistic and the x axis that were chosen last, stored in the browser if it allows that. */
import { useCallback, useState } from 'react';
import type { XScale } from '../../charts/theme';
import { DRAWN_STATISTICS, type DrawnStatistic } from '../../charts/run-view';

export interface ChartChoices {
  statistic: DrawnStatistic;
  xScale: XScale;
}

const KEY = 'branch-lab-charts';
const DEFAULTS: ChartChoices = { statistic: 'mean', xScale: 'linear' };

function stored(): ChartChoices {
  try {
    const found = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<ChartChoices>;
    return {
      statistic: DRAWN_STATISTICS.find((statistic) => statistic === found.statistic) ?? DEFAULTS.statistic,
      xScale: found.xScale === 'log' ? 'log' : 'linear',
    };
  } catch {
    return DEFAULTS;
  }
}

export function useChartChoices(): [ChartChoices, (change: Partial<ChartChoices>) => void] {
  const [choices, setChoices] = useState(stored);
  const change = useCallback((part: Partial<ChartChoices>) => {
    setChoices((before) => {
      const after = { ...before, ...part };
      try {
        localStorage.setItem(KEY, JSON.stringify(after));
      } catch {
        // Storage fails in private windows and on full disks; the choice then lasts as long as the page.
      }
      return after;
    });
  }, []);
  return [choices, change];
}
