/** Depths, widths and strides, edited together: they apply only if they have the same number of stages. */
import { Text, TextInput, VisuallyHidden } from '@mantine/core';
import { useId, useState } from 'react';
import { sentences } from '../../language/join';
import { t } from '../../language/language';
import { SETTINGS } from '../../experiment/settings';
import { isHidden } from '../../page/link-names';
import { useExperiment } from '../store/experiment';
import { usePage } from '../store/page-options';
import { capitalised, readStages, STAGE_KEYS, stageTexts, type StageKey } from '../controls/draft';
import { RowHead } from '../controls/SettingRow';
import classes from '../controls/settings.module.css';

export function StageLists() {
  const experiment = useExperiment((state) => state.experiment);
  const change = useExperiment((state) => state.change);
  const hidden = usePage((state) => state.hide);
  const id = useId();
  const applied = STAGE_KEYS.map((key) => experiment[key].join()).join(';');
  const [draft, setDraft] = useState({ texts: stageTexts(experiment), applied });
  // A preset, a link or a reset has changed the lists: the drafts are discarded.
  if (draft.applied !== applied) setDraft({ texts: stageTexts(experiment), applied });
  const { problems, conflict } = readStages(experiment, draft.texts);

  const type = (key: StageKey, text: string) => {
    const texts = { ...draft.texts, [key]: text };
    const read = readStages(experiment, texts);
    const good = Object.keys(read.problems).length === 0 && read.conflict === null;
    setDraft({ texts, applied: good ? STAGE_KEYS.map((k) => read.values[k].join()).join(';') : applied });
    if (good) change(read.values);
  };
  return (
    <>
      {STAGE_KEYS.filter((key) => !isHidden(hidden, key)).map((key) => (
        <div className={classes.row} key={key} data-setting={key}>
          <RowHead settingKey={key} id={`${id}-${key}`} />
          <div className={classes.control}>
            <TextInput
              size="xs"
              aria-labelledby={`${id}-${key}`}
              aria-describedby={problems[key] ? undefined : conflict ? `${id}-conflict` : `${id}-${key}-help`}
              autoComplete="off"
              spellCheck={false}
              value={draft.texts[key]}
              error={
                problems[key] ? t('{{problem}}.', { problem: capitalised(problems[key]) }) : conflict !== null
              }
              onChange={(event) => type(key, event.currentTarget.value)}
            />
          </div>
          <VisuallyHidden id={`${id}-${key}-help`}>{t(SETTINGS[key].help)}</VisuallyHidden>
        </div>
      ))}
      {conflict && (
        <Text size="xs" c="var(--mantine-color-error)" id={`${id}-conflict`} role="status">
          {sentences(
            conflict,
            t('Until they do, {{depths}} · {{widths}} · {{strides}} is kept.', { ...stageTexts(experiment) }),
          )}
        </Text>
      )}
    </>
  );
}
