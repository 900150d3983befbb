/** A run's name with a pencil that turns it into a field. Enter or blur saves; Escape cancels. */
import { ActionIcon, TextInput } from '@mantine/core';
import { IconPencil } from '@tabler/icons-react';
import { useRef, useState, type ReactNode } from 'react';
import { flushSync } from 'react-dom';
import { t } from '../../language/language';
import type { HistoryEntry } from '../../runs/history/entry';
import { NAME_LENGTH } from '../../runs/record-schema';
import { remarkOn } from '../store/history';
import classes from './RunsView.module.css';

interface RenamableProps {
  entry: Pick<HistoryEntry, 'id' | 'name'>;
  /** Shown while the name is not being edited. */
  children: ReactNode;
}

export function Renamable({ entry: { id, name }, children }: RenamableProps) {
  const [draft, setDraft] = useState<string | null>(null);
  const pencil = useRef<HTMLButtonElement>(null);
  const leave = (save: boolean, focus: boolean) => {
    if (draft === null) return;
    const text = draft.trim();
    if (save && text !== '' && text !== name) void remarkOn(id, { name: text });
    // Synchronously, so that the pencil exists when it receives the focus.
    flushSync(() => setDraft(null));
    if (focus) pencil.current?.focus();
  };
  if (draft !== null)
    return (
      <TextInput
        size="xs"
        className={classes.nameField}
        aria-label={t('New name of {{run}}', { run: name })}
        value={draft}
        maxLength={NAME_LENGTH}
        autoFocus
        onFocus={(event) => event.currentTarget.select()}
        onChange={(event) => setDraft(event.currentTarget.value)}
        onBlur={() => leave(true, false)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' && event.key !== 'Escape') return;
          event.preventDefault();
          event.stopPropagation();
          leave(event.key === 'Enter', true);
        }}
      />
    );
  return (
    <span className={classes.renamable}>
      {children}
      <ActionIcon
        ref={pencil}
        size={22}
        className={classes.pencil}
        aria-label={t('Rename {{run}}', { run: name })}
        onClick={() => setDraft(name)}
      >
        <IconPencil size={14} aria-hidden />
      </ActionIcon>
    </span>
  );
}
