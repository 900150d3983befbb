/**
 * Bars about the opened link: whose result is drawn behind the charts, what is hidden, or why the result cannot be
 * read.
 */
import { Button, Group, Text } from '@mantine/core';
import { IconAlertTriangle, IconEyeOff, IconGhost2 } from '@tabler/icons-react';
import { differingKeys, describeDifference } from '../../experiment/difference';
import { experimentFromQuery } from '../../experiment/url';
import { t } from '../../language/language';
import { messageText } from '../../language/message-text';
import { clauses } from '../../language/join';
import { Rich } from '../../language/Rich';
import { Bar } from '../controls/Bar';
import { whyUnreadable } from '../address/opened-link';
import { useExperiment } from '../store/experiment';
import { closeLinkResult, useLinkResult } from '../store/link-result';
import { showEverything, usePage } from '../store/page-options';
import { useView } from '../store/current-view';
import { deviceOf, outcomesOf, progressOf, startedOf, thinnedText } from './describe-result';
import classes from '../controls/layout.module.css';

export function GhostBar() {
  const result = useLinkResult((state) => state.result);
  const unreadable = useLinkResult((state) => state.unreadable);
  const experiment = useExperiment((state) => state.experiment);
  const view = useView((state) => state.view);
  if (unreadable !== null)
    return (
      <Bar
        tint="red"
        icon={<IconAlertTriangle />}
        title={t('The result in this link cannot be read')}
        withCloseButton
        closeButtonLabel={t('Close the message on the result')}
        onClose={closeLinkResult}
      >
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {t(
            'In the part after “#r=”: {{problem}}. Ask for the link once more, or for the run’s record as a file. Nothing of yours was changed.',
            { problem: whyUnreadable(unreadable) },
          )}
        </Text>
      </Bar>
    );
  if (!result || view !== 'lab') return null;
  const theirs = experimentFromQuery(result.query).experiment;
  const differs = differingKeys(experiment, theirs).length > 0;
  const outcomes = outcomesOf(result);
  const thinned = thinnedText(result);
  return (
    <Bar
      tint="pink"
      icon={<IconGhost2 />}
      withCloseButton
      closeButtonLabel={t('Close the result {{run}}', { run: result.name })}
      onClose={closeLinkResult}
    >
      <div className={classes.bar}>
        <div>
          <Text size="sm">
            <Rich
              text="<run/>, a result that came in this link, is the dashed line behind your own run: {{told}}."
              values={{ told: clauses([progressOf(result), ...outcomes]) }}
              parts={{ run: <b>{result.name}</b> }}
            />
          </Text>
          <Text size="xs" c="dimmed">
            {[
              deviceOf(result),
              startedOf(result),
              messageText(result.dataset.label),
              t('Branch Lab {{version}}', { version: result.appVersion }),
              ...(result.origin
                ? [t('began at step {{step}} of another run', { step: result.origin.step })]
                : []),
            ].join(' · ')}
          </Text>
          {thinned !== '' && (
            <Text size="xs" c="dimmed">
              {thinned}
            </Text>
          )}
          {differs && (
            <Text size="xs">
              {t('Yours differs: {{differences}}', { differences: describeDifference(experiment, theirs) })}
            </Text>
          )}
        </div>
        {differs && (
          <Button
            size="xs"
            variant="default"
            onClick={() => useExperiment.getState().readQuery(result.query)}
          >
            {t('Use its settings')}
          </Button>
        )}
      </div>
    </Bar>
  );
}

/** Says that the link hides parts of the page, and offers to show everything. */
export function HiddenBar() {
  const count = usePage(({ hide }) => hide.length);
  if (count === 0) return null;
  return (
    <Group gap="xs" className={classes.dataLine}>
      <IconEyeOff size={16} className={classes.dataIcon} aria-hidden />
      <Text size="sm" component="span">
        {t('This link hides {{count}} parts of the page.', { count })}
      </Text>
      <Button size="compact-xs" variant="default" onClick={showEverything}>
        {t('Show everything')}
      </Button>
    </Group>
  );
}
