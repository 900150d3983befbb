/** The instruments of the lab, in sections that open and close; closed ones are not drawn. */
import { Accordion, Text } from '@mantine/core';
import { useLocalStorage, useThrottledValue } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { phrase, t } from '../../language/language';
import type { RunState } from '../../runs/record';
import { useRun } from '../store/run';
import { usePacedRun } from '../time/useShownRun';
import { CONSERVATION, EFFECTIVE, GRADIENTS, RMS, SHARE, UPDATES } from './cards';
import { DepthCard } from './DepthCard';
import { Dips } from './Dips';
import classes from './instruments.module.css';
import { LinesCard } from './LinesCard';
import { ChannelCard, HeatCard } from './ScaleCards';
import { SelfTest } from './SelfTest';

/** Between two looks at the run, in ms. */
const PACE = 500;

interface SectionProps {
  run: RunState | null;
  revision: number;
}

const SECTIONS: readonly { id: string; title: string; content: (props: SectionProps) => ReactNode }[] = [
  { id: 'dips', title: phrase('Dips'), content: (props) => <Dips {...props} /> },
  {
    id: 'depth',
    title: phrase('Activations'),
    content: (props) => (
      <>
        <DepthCard {...props} />
        <LinesCard text={RMS} {...props} />
      </>
    ),
  },
  {
    id: 'scales',
    title: phrase('Scales in detail'),
    content: (props) => (
      <>
        <ChannelCard {...props} />
        <HeatCard {...props} />
        <LinesCard text={EFFECTIVE} {...props} />
        <LinesCard text={CONSERVATION} {...props}>
          <SelfTest run={props.run} />
        </LinesCard>
      </>
    ),
  },
  {
    id: 'kernels',
    title: phrase('Kernels, updates and gradients'),
    content: (props) => (
      <>
        <LinesCard text={SHARE} {...props} />
        <LinesCard text={UPDATES} {...props} />
        <LinesCard text={GRADIENTS} {...props} />
      </>
    ),
  },
];

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
    <section aria-label={t('Instruments')}>
      <Accordion
        multiple
        value={open}
        onChange={setOpen}
        keepMounted={false}
        chevronPosition="left"
        variant="separated"
      >
        {SECTIONS.map(({ id, title, content }) => (
          <Accordion.Item key={id} value={id} data-section={id}>
            <Accordion.Control>
              <Text fw={600} size="sm">
                {t(title)}
              </Text>
            </Accordion.Control>
            <Accordion.Panel>
              <div className={classes.grid}>{content({ run, revision })}</div>
            </Accordion.Panel>
          </Accordion.Item>
        ))}
      </Accordion>
    </section>
  );
}
