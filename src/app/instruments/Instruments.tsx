/** The instruments of the lab, in sections that open and close; closed ones are not drawn. */
import { Accordion, Text } from '@mantine/core';
import { useLocalStorage, useThrottledValue } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { t } from '../../language/language';
import { partOf, partProps } from '../../page/parts';
import type { RunState } from '../../runs/record';
import { useRun } from '../store/run';
import { usePacedRun } from '../time/useShownRun';
import { CARDS, INSTRUMENT_SECTIONS, type InstrumentSection } from './cards';
import { DepthCard } from './DepthCard';
import { Dips } from './Dips';
import classes from './instruments.module.css';
import { LinesCard } from './LinesCard';
import { ChannelCard, HeatCard } from './ScaleCards';
import { SelfTest } from './SelfTest';

/** Least time between two updates from the run, in ms. */
const PACE = 500;

interface SectionProps {
  run: RunState | null;
  revision: number;
}

/** The charts of a section that are more than lines over the steps; those of `CARDS` come after them. */
const OWN_CHARTS: Record<InstrumentSection, (props: SectionProps) => ReactNode> = {
  dips: (props) => <Dips {...props} />,
  depth: (props) => <DepthCard {...props} />,
  scales: (props) => (
    <>
      <ChannelCard {...props} />
      <HeatCard {...props} />
    </>
  ),
  kernels: () => null,
};

function Section({ section, ...props }: SectionProps & { section: InstrumentSection }) {
  return (
    <>
      {OWN_CHARTS[section](props)}
      {CARDS.filter((card) => card.section === section).map((card) => (
        <LinesCard key={card.title} text={card} {...props}>
          {card.selfTest && <SelfTest run={props.run} />}
        </LinesCard>
      ))}
    </>
  );
}

export function Instruments() {
  const run = usePacedRun(PACE);
  const revision = useThrottledValue(
    useRun((state) => state.revision),
    PACE,
  );
  const [open, setOpen] = useLocalStorage<string[]>({
    key: 'branch-lab-instruments',
    defaultValue: ['dips'],
    getInitialValueInEffect: false,
  });
  return (
    <section aria-label={t('Instruments')} {...partProps('instruments')}>
      <Accordion
        multiple
        value={open}
        onChange={setOpen}
        keepMounted={false}
        chevronPosition="left"
        variant="separated"
      >
        {INSTRUMENT_SECTIONS.map((section) => (
          <Accordion.Item key={section} value={section} {...partProps(`instruments-${section}`)}>
            <Accordion.Control>
              <Text fw={600} size="sm">
                {t(partOf(`instruments-${section}`).label)}
              </Text>
            </Accordion.Control>
            <Accordion.Panel>
              <div className={classes.grid}>
                <Section section={section} run={run} revision={revision} />
              </div>
            </Accordion.Panel>
          </Accordion.Item>
        ))}
      </Accordion>
    </section>
  );
}
