/** Says that the lab shows a recording, with its data, device and date, and offers to train the same here. Also says why a recording could not be opened. */
import { Button, Text } from '@mantine/core';
import { IconAlertTriangle, IconMovie } from '@tabler/icons-react';
import { listed } from '../../language/join';
import { t } from '../../language/language';
import { messageText } from '../../language/message-text';
import { Rich } from '../../language/Rich';
import { replayByName } from '../../runs/replays';
import { experimentFromQuery } from '../../experiment/url';
import { Bar } from '../controls/Bar';
import { backendName } from '../../experiment/backends';
import { dateAndTime } from '../controls/format';
import { runRecordingHere } from '../store/run-actions';
import { sourceFor, useData } from '../store/data-sets';
import { useRecording, useShownRecording } from '../store/recording';
import { useRun } from '../store/run';
import { useView } from '../store/current-view';
import classes from '../controls/layout.module.css';

export function RecordingBar() {
  const facts = useShownRecording();
  const problem = useRecording((state) => state.problem);
  const view = useView((state) => state.view);
  const data = useData();
  if (problem !== null)
    return (
      <Bar
        tint="red"
        icon={<IconAlertTriangle />}
        title={t('The recording was not opened')}
        withCloseButton
        closeButtonLabel={t('Close the message on the recording')}
        onClose={() => useRecording.setState({ problem: null })}
      >
        {problem}
      </Bar>
    );
  if (!facts || view !== 'lab') return null;
  const { backend, adapter } = facts.environment;
  const { experiment } = experimentFromQuery(facts.query);
  const here = sourceFor(experiment, data).source !== null;
  return (
    <Bar
      tint="grape"
      icon={<IconMovie />}
      withCloseButton
      closeButtonLabel={t('Close the recording')}
      onClose={() => useRun.getState().reset()}
    >
      <div className={classes.bar}>
        <div>
          <Text size="sm">
            <Rich
              text="<name/> is a recording, not a run of this machine: the bar at the bottom plays it."
              parts={{ name: <b>{t(replayByName(facts.name)!.title)}</b> }}
            />
          </Text>
          <Text size="xs" c="dimmed">
            {listed([
              messageText(facts.dataset.label),
              `${backendName(backend)} (${messageText(adapter)})`,
              dateAndTime(facts.createdAt),
              // not translated: the lab's name
              `Branch Lab ${facts.appVersion}`,
            ])}
          </Text>
        </div>
        <Button
          size="xs"
          h="auto"
          mih={30}
          py={4}
          styles={{ label: { whiteSpace: 'normal' } }}
          onClick={() => runRecordingHere(here)}
        >
          {here ? t('Run it here') : t('Run it here, on the built-in drawings')}
        </Button>
      </div>
    </Bar>
  );
}
