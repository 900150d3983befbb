/** The presentation's side of the second window: sends it the state, and carries out its button presses. */
import { useCallback, useEffect, useRef } from 'react';
import { describeDifference } from '../../experiment/difference';
import { DEFAULT_EXPERIMENT } from '../../experiment/settings';
import { language } from '../../language/language';
import { pageBase } from '../share/links';
import { PLAIN_PAGE, withPage } from '../address/page-link';
import { useExperiment } from '../store/experiment';
import { asLine, channelName, readFromNotes, type FromPresentation, type NotesState } from './notes-protocol';
import { currentSession } from './session';
import type { Situation } from './presenter-state';
import { usePresent } from './store';

/** The address of the second window of this presentation. */
export const notesLink = (): string =>
  pageBase() + withPage('', { ...PLAIN_PAGE, notes: currentSession().id, lang: language() });

let opened: Window | null = null;

/** Opens the second window, or brings it to the front. */
export function openNotes(): void {
  if (opened && !opened.closed && usePresent.getState().notes === 'open') return opened.focus();
  opened = window.open(notesLink(), `branch-lab-${currentSession().id}`, 'popup,width=760,height=860');
  usePresent.setState({ notes: opened ? 'open' : 'refused' });
}

/** Exchanges messages with the second window during the presentation. */
export function useNotesWindow(situation: Situation, status: string): void {
  const experiment = useExperiment((state) => state.experiment);
  const channel = useRef<BroadcastChannel | null>(null);
  const { title, position, notes, answer, primary, reveal, next, previous } = situation;
  const state: NotesState = {
    type: 'state',
    title: asLine(title),
    position: position === null ? null : asLine(position),
    notes,
    answer,
    settings: asLine(describeDifference(experiment, DEFAULT_EXPERIMENT)),
    next: next === null ? null : asLine(next.title),
    status: asLine(status),
    began: currentSession().began,
    primary: { label: primary.label, ready: primary.ready },
    reveal: reveal?.state ?? null,
    hasPrevious: previous !== null,
  };
  const text = JSON.stringify(state);
  const latest = useRef({ text, situation });

  const tell = useCallback((message: FromPresentation) => channel.current?.postMessage(message), []);

  useEffect(() => {
    latest.current = { text, situation };
  });

  useEffect(() => {
    const made = new BroadcastChannel(channelName(currentSession().id));
    const tellState = () => made.postMessage(JSON.parse(latest.current.text) as NotesState);
    channel.current = made;
    made.onmessage = ({ data }: MessageEvent<unknown>) => {
      const message = readFromNotes(data);
      if (!message) return;
      const now = latest.current.situation;
      switch (message.type) {
        case 'opened':
          usePresent.setState({ notes: 'open' });
          return tellState();
        case 'closed':
          return usePresent.setState({ notes: 'closed' });
        case 'press':
          return {
            previous: () => now.previous?.(),
            primary: () => now.primary.ready && now.primary.act(),
            next: () => now.next?.go(),
            reveal: () => now.reveal?.act(),
          }[message.button]() as void;
        default:
          return message satisfies never;
      }
    };
    tellState();
    const gone = () => made.postMessage({ type: 'ended' } satisfies FromPresentation);
    window.addEventListener('pagehide', gone);
    return () => {
      window.removeEventListener('pagehide', gone);
      channel.current = null;
      gone();
      made.close();
    };
  }, []);

  useEffect(() => tell(JSON.parse(text) as NotesState), [text, tell]);
}
