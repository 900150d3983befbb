/** Tests the run's network on every test image: accuracy by class, confusion matrix, mistakes, and the user's own picture. */
import { phrase, t } from '../../language/language';
import { partProps } from '../../page/parts';
import { Rich } from '../../language/Rich';
import { messageText } from '../../language/message-text';
import { Alert, Button, Group, Tabs, Text, Title } from '@mantine/core';
import { IconTargetArrow } from '@tabler/icons-react';
import { useEffect, useMemo, useRef } from 'react';
import { count } from '../controls/format';
import { useRun } from '../store/run';
import { ClassTable } from './ClassTable';
import { ConfusionMatrix } from './ConfusionMatrix';
import { Mistakes } from './Mistakes';
import { OwnPicture } from './OwnPicture';
import { resultsOf, type Results } from './results';
import { hasBegun, testByClass, useAnswers, type AnswersTab } from './answers-store';
import classes from './AnswersPanel.module.css';

/** The tabs. `empty`: the texts before there are answers, with a network and without one. */
const TABS: readonly { value: AnswersTab; label: string; empty: readonly [string, string] }[] = [
  {
    value: 'classes',
    label: phrase('Accuracy'),
    empty: [
      phrase(
        'Accuracy by superclass and by class, with the number of images and a 95 % interval will appear here after “Test by class”.',
      ),
      phrase(
        'Accuracy by superclass and by class, with the number of images and a 95 % interval will appear here once a run has made a step and is tested.',
      ),
    ],
  },
  {
    value: 'confusion',
    label: phrase('Confusion'),
    empty: [
      phrase(
        'The confusion matrix of 20 superclasses or 100 classes will appear here after “Test by class”.',
      ),
      phrase(
        'The confusion matrix of 20 superclasses or 100 classes will appear here once a run has made a step and is tested.',
      ),
    ],
  },
  {
    value: 'mistakes',
    label: phrase('Mistakes'),
    empty: [
      phrase(
        'The test images that the network is wrong about with the highest probability will appear here after “Test by class”.',
      ),
      phrase(
        'The test images that the network is wrong about with the highest probability will appear here once a run has made a step and is tested.',
      ),
    ],
  },
  { value: 'own', label: phrase('Your own picture'), empty: ['', ''] },
];

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

function Summary({ results, step }: { results: Results; step: number }) {
  return (
    <Text size="sm">
      <Rich
        text="After {{step}} steps, on {{images}} test images: the predicted class is right for <b>{{top1}}</b>, the right class is one of the five likeliest for {{top5}}, and the superclass is right for {{coarse}}. Guessing would give 1, 5 and 5 %."
        values={{
          step: count(step),
          images: count(results.images),
          top1: percent(results.top1),
          top5: percent(results.top5),
          coarse: percent(results.coarse),
        }}
        parts={{ b: <b /> }}
      />
    </Text>
  );
}

export function AnswersPanel() {
  const run = useRun((state) => state.run);
  // The series grow outside React.
  useRun((state) => state.revision);
  const { tab, testing, tested, problem, picture } = useAnswers();
  const panel = useRef<HTMLElement>(null);
  const begun = hasBegun(run);
  const report = tested && tested.runId === run?.id ? tested.said : null;
  const results = useMemo(() => report && resultsOf(report), [report]);
  const trouble = problem && problem.runId === run?.id ? messageText(problem.said) : null;
  const chosen = picture?.number ?? 0;
  // Pictures that were chosen before the panel existed have been seen.
  const seen = useRef(chosen);
  useEffect(() => {
    if (chosen !== seen.current) panel.current?.scrollIntoView({ block: 'nearest' });
    seen.current = chosen;
  }, [chosen]);

  const shown = (value: AnswersTab) => {
    if (value === 'own') return <OwnPicture run={run} />;
    if (!report || !results) {
      const [begunText, idleText] = TABS.find((one) => one.value === value)!.empty;
      return (
        <Text size="sm" c="dimmed">
          {t(begun ? begunText : idleText)}
        </Text>
      );
    }
    if (value === 'classes') return <ClassTable results={results} />;
    if (value === 'mistakes') return <Mistakes report={report} />;
    return <ConfusionMatrix run={run} results={results} revision={`${run?.id} ${report.step}`} />;
  };

  return (
    <section
      ref={panel}
      className={classes.panel}
      aria-label={t('What the network gets right')}
      {...partProps('answers')}
    >
      <Group justify="space-between" gap="xs">
        <Title order={3} size="h6">
          {t('What the network gets right')}
        </Title>
        <Button
          size="xs"
          leftSection={<IconTargetArrow size={16} aria-hidden />}
          disabled={!begun}
          loading={testing}
          onClick={() => void testByClass()}
        >
          {t('Test by class')}
        </Button>
      </Group>
      {trouble && (
        <Alert color="gray" title={t('It did not work')}>
          {trouble}
        </Alert>
      )}
      {report && results && <Summary results={results} step={report.step} />}
      <Tabs
        value={tab}
        onChange={(value) => value && useAnswers.setState({ tab: value as AnswersTab })}
        keepMounted={false}
      >
        <Tabs.List>
          {TABS.map(({ value, label }) => (
            <Tabs.Tab key={value} value={value} className={classes.tab}>
              {t(label)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {TABS.map(({ value }) => (
          <Tabs.Panel key={value} value={value} pt="sm" className={classes.shown}>
            {value === tab && shown(value)}
          </Tabs.Panel>
        ))}
      </Tabs>
    </section>
  );
}
