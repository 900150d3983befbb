/** The test images that the network is wrong about with the highest probability. */
import { t } from '../../language/language';
import { Rich } from '../../language/Rich';
import { Text } from '@mantine/core';
import { IMAGE_BYTES } from '../../data/dataset';
import { spoken } from '../../data/names';
import { GUESSES } from '../../instruments/answers';
import type { AnswersReport } from '../../training/protocol';
import { PixelImage } from './PixelImage';
import classes from './AnswersPanel.module.css';

export function Mistakes({ report }: { report: AnswersReport }) {
  const { answers, fineNames, mistakes, pixels } = report;
  if (mistakes.length === 0)
    return <Text size="sm">{t('Every test image is right: there are no mistakes.')}</Text>;
  return (
    <>
      <ul className={classes.images}>
        {Array.from(mistakes, (place, i) => {
          const truth = spoken(fineNames[answers.classes[place]!]!);
          const guess = spoken(fineNames[answers.guesses[GUESSES * place]!]!);
          const sure = `${(100 * answers.probabilities[GUESSES * place]!).toFixed(1)} %`;
          return (
            <li key={place} className={classes.image}>
              <PixelImage
                pixels={pixels.subarray(i * IMAGE_BYTES, (i + 1) * IMAGE_BYTES)}
                label={t('Test image of class {{name}}', { name: truth })}
                size={96}
              />
              <span className={classes.caption}>
                <span className={classes.truth}>{truth}</span>
                <span>
                  <Rich text="predicted as <guess/>" parts={{ guess: <b>{guess}</b> }} />
                </span>
                <span className={classes.faint}>
                  {t('probability {{probability}}', { probability: sure })}
                </span>
              </span>
            </li>
          );
        })}
      </ul>
      <Text size="xs" c="dimmed">
        {t(
          'The {{mistakes}} mistakes with the highest probability, as the network sees them: 32x32 pixels. The first name is the data set’s label.',
          { mistakes: mistakes.length },
        )}
      </Text>
    </>
  );
}
