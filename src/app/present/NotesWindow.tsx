/** The second window of a presentation, for the presenter: notes, the answer, the next step, and buttons that control the first window. It does not train. */
import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { useInterval } from '@mantine/hooks';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { t } from '../../language/language';
import { duration } from '../controls/format';
import { Markup } from '../lessons/Markup';
import { actionFor, focusOf } from './keys';
import classes from './notes.module.css';
import {
  channelName,
  NOTE_BUTTONS,
  readFromPresentation,
  type FromNotes,
  type NoteButton,
  type NotesState,
} from './notes-protocol';

type Connection = { kind: 'waiting' } | { kind: 'ended' } | { kind: 'received'; state: NotesState };

/** The state of the presentation, and a function that sends a button press to it. */
function usePresentation(session: string): { connection: Connection; press: (button: NoteButton) => void } {
  const [connection, setConnection] = useState<Connection>({ kind: 'waiting' });
  const channel = useRef<BroadcastChannel | null>(null);
  useEffect(() => {
    const made = new BroadcastChannel(channelName(session));
    const tell = (message: FromNotes) => made.postMessage(message);
    let known = false;
    channel.current = made;
    made.onmessage = ({ data }: MessageEvent<unknown>) => {
      const message = readFromPresentation(data);
      if (!message) return;
      if (message.type === 'ended') {
        known = false;
        return setConnection({ kind: 'ended' });
      }
      // A reloaded presentation does not know about this window.
      if (!known) tell({ type: 'opened' });
      known = true;
      setConnection({ kind: 'received', state: message });
    };
    tell({ type: 'opened' });
    const gone = () => tell({ type: 'closed' });
    window.addEventListener('pagehide', gone);
    return () => {
      window.removeEventListener('pagehide', gone);
      channel.current = null;
      made.close();
    };
  }, [session]);
  return {
    connection,
    press: (button) => channel.current?.postMessage({ type: 'press', button } satisfies FromNotes),
  };
}

/** Lets the keys of a clicker control the presentation if this window has the focus. */
function useClicker(press: (button: NoteButton) => void): void {
  const latest = useRef(press);
  useEffect(() => {
    latest.current = press;
  });
  useEffect(() => {
    const hear = (event: KeyboardEvent) => {
      const { key, ctrlKey, altKey, metaKey } = event;
      const action = actionFor({ key, modified: ctrlKey || altKey || metaKey }, focusOf(event.target));
      const button = NOTE_BUTTONS.find((one) => one === action);
      if (!button) return;
      event.preventDefault();
      if (!event.repeat) latest.current(button);
    };
    window.addEventListener('keydown', hear);
    return () => window.removeEventListener('keydown', hear);
  }, []);
}

export function NotesWindow({ session }: { session: string }) {
  const { connection, press } = usePresentation(session);
  useClicker(press);
  useEffect(() => {
    document.title = t('Notes · Branch Lab');
  }, []);
  return (
    <main className={classes.page}>
      {connection.kind === 'received' ? (
        <Notes state={connection.state} press={press} />
      ) : (
        <Stack gap="sm">
          <Title order={1} size="h3">
            {t('Notes')}
          </Title>
          <Text role="status">
            {connection.kind === 'waiting'
              ? t('Waiting for the presentation. Open these notes from there: Present, then Notes.')
              : t(
                  'The presentation has ended. These notes continue when it is opened again in its window; otherwise close this window.',
                )}
          </Text>
        </Stack>
      )}
    </main>
  );
}

/** Seconds since the presentation began. */
function useElapsed(began: number): number {
  const [now, setNow] = useState(Date.now);
  useInterval(() => setNow(Date.now()), 1000, { autoInvoke: true });
  return Math.max(0, (now - began) / 1000);
}

function Notes({ state, press }: { state: NotesState; press: (button: NoteButton) => void }) {
  const elapsed = useElapsed(state.began);
  const { notes, answer, reveal, primary } = state;
  return (
    <Stack gap="md">
      <Group justify="space-between" align="flex-start" wrap="nowrap">
        <div>
          {state.position !== null && <Text size="sm">{state.position}</Text>}
          <Title order={1} size="h3">
            {state.title}
          </Title>
        </div>
        <Text className={classes.clock} aria-label={t('Elapsed time')} role="timer">
          {duration(Math.floor(elapsed))}
        </Text>
      </Group>
      <Text className={classes.status}>{state.status}</Text>
      <Group gap="xs" role="group" aria-label={t('Control the presentation')}>
        <Press label={t('Back')} disabled={!state.hasPrevious} onPress={() => press('previous')} />
        <Press main label={primary.label} disabled={!primary.ready} onPress={() => press('primary')} />
        {reveal !== null && (
          <Press
            label={reveal === 'done' ? t('Revealed') : t('Reveal')}
            disabled={reveal !== 'ready'}
            onPress={() => press('reveal')}
          />
        )}
        <Press label={t('Next')} onPress={() => press('next')} />
      </Group>
      {state.next !== null && <Text size="sm">{t('Next: {{title}}', { title: state.next })}</Text>}
      <Part title={t('Notes')}>
        {notes === null ? (
          <Text size="sm">{t('There are no notes on this step.')}</Text>
        ) : notes.markup ? (
          <Markup text={notes.text} />
        ) : (
          notes.text.split('\n\n').map((paragraph) => (
            <Text key={paragraph} mb="xs">
              {paragraph}
            </Text>
          ))
        )}
      </Part>
      {answer !== null && (
        <Part title={t('The answer')}>
          {reveal === 'waiting' && (
            <Text size="sm" mb="xs">
              {t('Numbers will appear here once the step has been run.')}
            </Text>
          )}
          <Markup text={answer} />
        </Part>
      )}
      <Part title={t('Settings that differ from the default')}>
        <Text size="sm">{state.settings}</Text>
      </Part>
    </Stack>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={classes.part} aria-label={title}>
      <Title order={2} size="h6">
        {title}
      </Title>
      {children}
    </section>
  );
}

function Press({
  label,
  main = false,
  disabled,
  onPress,
}: {
  label: string;
  main?: boolean;
  disabled?: boolean;
  onPress: () => void;
}) {
  return (
    <Button
      size="md"
      variant={main ? 'filled' : 'default'}
      data-disabled={disabled || undefined}
      aria-disabled={disabled || undefined}
      onClick={disabled ? undefined : onPress}
    >
      {label}
    </Button>
  );
}
