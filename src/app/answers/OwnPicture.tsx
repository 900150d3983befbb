/** The user's own picture as the network sees it, and the five likeliest classes. */
import { sentences } from '../../language/join';
import { t } from '../../language/language';
import { Alert, Button, FileButton, Group, Text } from '@mantine/core';
import { IconPhoto, IconRefresh } from '@tabler/icons-react';
import type { RunState } from '../../runs/record';
import { spoken } from '../../data/names';
import { messageText } from '../../language/message-text';
import { count } from '../controls/format';
import { PixelImage } from './PixelImage';
import { classifyPicture, choosePicture, hasBegun, useAnswers } from './answers-store';
import classes from './AnswersPanel.module.css';

function Guesses({ run }: { run: RunState | null }) {
  const recognised = useAnswers((state) => state.recognised);
  const asking = useAnswers((state) => state.asking);
  if (!recognised || recognised.runId !== run?.id)
    return (
      <Text size="sm" c="dimmed">
        {asking
          ? t('The network is looking at it.')
          : t('The five likeliest classes will appear here once the network is asked.')}
      </Text>
    );
  const { step, names, probabilities } = recognised.said;
  return (
    <div>
      <ol className={classes.guesses} aria-label={t('The five likeliest classes')}>
        {names.map((name, i) => {
          const percent = 100 * probabilities[i]!;
          return (
            <li key={name}>
              <span>{spoken(name)}</span>
              <span className={classes.track} aria-hidden>
                <span className={classes.fill} style={{ width: `${percent}%` }} />
              </span>
              <span>{percent.toFixed(1)} %</span>
            </li>
          );
        })}
      </ol>
      <Text size="xs" c="dimmed">
        {t('After {{step}} steps.', { step: count(step) })}
      </Text>
    </div>
  );
}

export function OwnPicture({ run }: { run: RunState | null }) {
  const picture = useAnswers((state) => state.picture);
  const asking = useAnswers((state) => state.asking);
  const problem = useAnswers((state) => state.pictureProblem);
  return (
    <>
      <Text size="sm" maw={680}>
        {sentences(
          t(
            'The picture stays on this machine. Its central square is scaled to 32x32 pixels, as shown, and normalised as the training images are.',
          ),
          run?.dataset?.id === 'cifar100'
            ? t(
                'The network knows only the 100 classes of CIFAR-100, so it names one of them for any picture.',
              )
            : t(
                'The network knows only the 100 classes of its data set (drawn shapes, for the built-in one), so it names one of them for any picture.',
              ),
        )}
      </Text>
      <Group gap="xs">
        <FileButton
          accept="image/*"
          onChange={(file) => file && void choosePicture(file)}
          inputProps={{ 'aria-label': t('Picture of your own') }}
        >
          {(props) => (
            <Button {...props} size="xs" variant="default" leftSection={<IconPhoto size={16} aria-hidden />}>
              {picture ? t('Choose another picture') : t('Choose a picture')}
            </Button>
          )}
        </FileButton>
        {picture && (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconRefresh size={16} aria-hidden />}
            disabled={!hasBegun(run)}
            loading={asking}
            onClick={() => void classifyPicture()}
          >
            {t('Ask the network as it is now')}
          </Button>
        )}
      </Group>
      {problem && (
        <Alert color="gray" title={t('It did not work')}>
          {messageText(problem)}
        </Alert>
      )}
      {picture ? (
        <div className={classes.own}>
          <figure className={classes.ownFigure}>
            <PixelImage
              pixels={picture.pixels}
              label={t('{{name}} at 32x32 pixels, as the network sees it', { name: picture.name })}
              size={160}
            />
            <figcaption className={classes.fileName}>{picture.name}</figcaption>
          </figure>
          <Guesses run={run} />
        </div>
      ) : (
        <Text size="sm" c="dimmed">
          {t(
            'Or drop one anywhere on this page. The five likeliest classes will appear here with their probabilities.',
          )}
        </Text>
      )}
    </>
  );
}
