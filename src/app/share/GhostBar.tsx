/** Whose result lies behind the charts, and what is hidden; or why the result in the link cannot be read. */
import { Button, Group, Text } from '@mantine/core';
import { IconAlertTriangle, IconEyeOff, IconGhost2 } from '@tabler/icons-react';
import { differingKeys, describeDifference } from '../../experiment/difference';
import { experimentFromQuery } from '../../experiment/url';
import { Bar } from '../Bar';
import { useExperiment } from '../store/experiment';
import { closeGhost, useGhost } from '../store/ghost';
import { showEverything, usePage } from '../store/page';
import { useView } from '../store/view';
import { deviceOf, outcomeText, progressOf, startedOf, thinnedText } from './describe-result';
import classes from '../layout.module.css';

export function GhostBar() {
  const result = useGhost((state) => state.result);
  const problem = useGhost((state) => state.problem);
  const experiment = useExperiment((state) => state.experiment);
  const view = useView((state) => state.view);
  if (problem !== null)
    return (
      <Bar
        tint="red"
        icon={<IconAlertTriangle />}
        title="The result in this link cannot be read"
        withCloseButton
        closeButtonLabel="Close the message on the result"
        onClose={closeGhost}
      >
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          In the part after “#r=”: {problem}. Ask for the link once more, or for the run’s record as a file.
          Nothing of yours was changed.
        </Text>
      </Bar>
    );
  if (!result || view !== 'lab') return null;
  const theirs = experimentFromQuery(result.query).experiment;
  const differs = differingKeys(experiment, theirs).length > 0;
  const outcome = outcomeText(result);
  const thinned = thinnedText(result);
  return (
    <Bar
      tint="pink"
      icon={<IconGhost2 />}
      withCloseButton
      closeButtonLabel={`Close the result ${result.name}`}
      onClose={closeGhost}
    >
      <div className={classes.bar}>
        <div>
          <Text size="sm">
            <b>{result.name}</b>, a result that came in this link, is the dashed line behind your own run:{' '}
            {progressOf(result)}
            {outcome === '' ? '' : `; ${outcome}`}.
          </Text>
          <Text size="xs" c="dimmed">
            {deviceOf(result)} · {startedOf(result)} · {result.dataset.label} · Branch Lab {result.appVersion}
            {result.origin ? ` · began at step ${result.origin.step} of another run` : ''}
          </Text>
          {thinned !== '' && (
            <Text size="xs" c="dimmed">
              {thinned}
            </Text>
          )}
          {differs && <Text size="xs">Yours differs: {describeDifference(experiment, theirs)}</Text>}
        </div>
        {differs && (
          <Button
            size="xs"
            variant="default"
            onClick={() => useExperiment.getState().readQuery(result.query)}
          >
            Use its settings
          </Button>
        )}
      </div>
    </Bar>
  );
}

/** A link that hides parts of the page says so, and everything can be had back. */
export function HiddenBar() {
  const count = usePage(({ hide }) => hide.length);
  if (count === 0) return null;
  return (
    <Group gap="xs" className={classes.dataLine}>
      <IconEyeOff size={16} className={classes.dataIcon} aria-hidden />
      <Text size="sm" component="span">
        This link hides {count === 1 ? 'a part' : `${count} parts`} of the page.
      </Text>
      <Button size="compact-xs" variant="default" onClick={showEverything}>
        Show everything
      </Button>
    </Group>
  );
}
