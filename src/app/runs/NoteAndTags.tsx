/** The user's note on a run, saved automatically, and its tags. */
import { TagsInput, Textarea } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useState } from 'react';
import { t } from '../../language/language';
import type { HistoryEntry } from '../../runs/history/entry';
import { MOST_TAGS, NAME_LENGTH, NOTE_LENGTH } from '../../runs/record-schema';
import { remarkOn } from '../store/history';

/** Time without typing after which a note is saved, in ms. */
const PAUSE = 800;

function Note({ entry: { id, name, note } }: { entry: HistoryEntry }) {
  /** Typed text that is not saved yet; null if there is none. */
  const [draft, setDraft] = useState<string | null>(null);
  const save = useDebouncedCallback(
    async (text: string) => {
      await remarkOn(id, { note: text });
      // Text typed while the save was running stays in the field.
      setDraft((now) => (now === text ? null : now));
    },
    // The details can be closed before the delay is over.
    { delay: PAUSE, flushOnUnmount: true },
  );
  return (
    <Textarea
      size="sm"
      label={t('Note')}
      aria-label={t('Note on {{run}}', { run: name })}
      placeholder={t('What you expected, what you saw. Saved as you type.')}
      autosize
      minRows={3}
      maxRows={14}
      maxLength={NOTE_LENGTH}
      value={draft ?? note}
      onChange={(event) => {
        setDraft(event.currentTarget.value);
        save(event.currentTarget.value);
      }}
      onBlur={() => save.flush()}
    />
  );
}

export function Remarks({ entry, tags }: { entry: HistoryEntry; tags: readonly string[] }) {
  return (
    <>
      <Note entry={entry} />
      <TagsInput
        size="sm"
        label={t('Tags')}
        placeholder={entry.tags.length === 0 ? t('A word, then Enter') : undefined}
        data={[...tags]}
        value={entry.tags}
        maxTags={MOST_TAGS}
        onChange={(chosen) =>
          void remarkOn(entry.id, {
            tags: chosen.map((tag) => tag.trim().slice(0, NAME_LENGTH)).filter((tag) => tag !== ''),
          })
        }
      />
    </>
  );
}
