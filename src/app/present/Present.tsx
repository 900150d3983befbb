/**
 * The presentation: one chart or drawing on the whole screen, the step of an open lesson beside it, and a status line of the
 * run. Keys, clicker, buttons and the second window trigger the same actions.
 */
import { useMantineColorScheme } from '@mantine/core';
import { useEffect, useRef, type ReactNode } from 'react';
import { clauses } from '../../language/join';
import { t } from '../../language/language';
import type { Lesson } from '../../lessons/schema';
import { findLesson } from '../lessons/open-lesson';
import { useMeasured } from '../lessons/useMeasured';
import { restart } from '../store/run-actions';
import type { Presentable } from '../../page/link-names';
import { useWasPausedWhileHidden } from '../store/hidden-page';
import { useLessonPlace, type LessonPlace } from '../store/lesson-place';
import { useLessons } from '../store/lessons';
import { useRun } from '../store/run';
import { askFullScreen, leave, leaveFullScreen } from './start-stop';
import { actionFor, focusOf, type PresentAction } from './keys';
import { LessonColumn } from './LessonColumn';
import { Code, KeyList } from './OverlayPanel';
import classes from './present.module.css';
import { presentableTitle } from '../../page/link-names';
import { presentedFor } from '../../page/parts';
import { neighbour } from './stage-items';
import {
  show,
  useHasChanged,
  useLessonSituation,
  usePlainSituation,
  usePresentables,
  type Situation,
} from './presenter-state';
import { useStartProblem } from '../store/data-sets';
import { moveBy, playOrPause } from '../store/playhead';
import { useShownRun } from '../time/useShownRun';
import { Stage } from './Stage';
import { statusParts } from './status-line';
import { resetPresentation, toggleOver, usePresent } from './store';
import { Switches, switchPart } from './Switches';
import { useTextSize } from './text-size';
import { notesLink, openNotes, useNotesWindow } from './useNotesWindow';

export function Present({ shown }: { shown: Presentable }) {
  const place = useLessonPlace();
  const own = useLessons((state) => state.own);
  const lesson = place && findLesson(place.lesson, own);
  // The text size applies to the whole page, including messages and menus.
  const text = useTextSize();
  useEffect(() => {
    const { dataset, style } = document.documentElement;
    dataset.presenting = '';
    style.setProperty('--present-text', `${text}px`);
    return () => {
      delete dataset.presenting;
      style.removeProperty('--present-text');
    };
  }, [text]);
  useEffect(() => {
    resetPresentation();
    return leaveFullScreen;
  }, []);
  return lesson && place ? (
    <PresentLesson key={place.lesson} {...{ lesson, place, shown, text }} />
  ) : (
    <PresentPlain {...{ shown, text }} />
  );
}

interface PresentedProps {
  shown: Presentable;
  text: number;
}

function PresentPlain({ shown, text }: PresentedProps) {
  const situation = usePlainSituation(shown);
  return <Frame {...{ shown, situation, text }} />;
}

function PresentLesson({
  lesson,
  place,
  shown,
  text,
}: PresentedProps & { lesson: Lesson; place: LessonPlace }) {
  const column = useRef<HTMLElement>(null);
  const step = lesson.steps[Math.min(place.step, lesson.steps.length) - 1]!;
  const measured = useMeasured(step);
  /** Scrolls the column first, if its text does not fit, because a clicker cannot scroll. */
  const further = () => {
    const box = column.current;
    if (!box || box.scrollHeight - box.clientHeight - box.scrollTop < 8) return false;
    box.scrollBy({ top: box.clientHeight * 0.85 });
    return true;
  };
  const situation = useLessonSituation(lesson, place, measured, further);
  // Opening a lesson shows the part of the page that its step is about.
  const part = step.part ? presentedFor(step.part) : null;
  useEffect(() => {
    if (part) show(part);
  }, [part]);
  return (
    <Frame {...{ shown, situation, text }}>
      <LessonColumn key={step.id} {...{ step, measured, situation, column }} />
    </Frame>
  );
}

/** Listens to keyboard and clicker during the presentation. */
function useKeys(act: (action: PresentAction | number) => void): void {
  const latest = useRef(act);
  useEffect(() => {
    latest.current = act;
  });
  useEffect(() => {
    const hear = (event: KeyboardEvent) => {
      const { key, ctrlKey, altKey, metaKey } = event;
      const action = actionFor({ key, modified: ctrlKey || altKey || metaKey }, focusOf(event.target));
      if (action === null || event.defaultPrevented) return;
      event.preventDefault();
      // Without this, holding a key would switch back and forth.
      if (!event.repeat) latest.current(action);
    };
    window.addEventListener('keydown', hear);
    return () => window.removeEventListener('keydown', hear);
  }, []);
}

interface FrameProps {
  shown: Presentable;
  situation: Situation;
  text: number;
  /** The lesson's column. */
  children?: ReactNode;
}

function Frame({ shown, situation, text, children }: FrameProps) {
  const all = usePresentables();
  const over = usePresent((state) => state.over);
  const notesOpen = usePresent((state) => state.notes === 'open');
  const run = useShownRun();
  const status = useRun((state) => state.status);
  const preparing = useRun((state) => state.preparing);
  useRun((state) => state.revision);
  const { toggleColorScheme } = useMantineColorScheme();
  const parts = statusParts(run, status, preparing);
  const { primary, reveal, next, previous } = situation;
  useNotesWindow(situation, clauses(parts));

  const act = (action: PresentAction | number) => {
    if (usePresent.getState().refusal !== null) usePresent.setState({ refusal: null });
    if (typeof action === 'number') return switchPart(action);
    const acts: Record<PresentAction, () => void> = {
      next: () => next?.go(),
      previous: () => previous?.(),
      primary: () => primary.ready && primary.act(),
      reveal: () => reveal?.act(),
      restart: () => status !== 'preparing' && restart(),
      chartAfter: () => show(neighbour(all, shown, 1)),
      chartBefore: () => show(neighbour(all, shown, -1)),
      play: playOrPause,
      later: () => moveBy(1),
      earlier: () => moveBy(-1),
      code: () => toggleOver('code'),
      notes: openNotes,
      fullScreen: () => (document.fullscreenElement === null ? askFullScreen() : leaveFullScreen()),
      colours: toggleColorScheme,
      keys: () => toggleOver('keys'),
      leave: () => (over === null ? leave() : usePresent.setState({ over: null })),
    };
    acts[action]();
  };
  useKeys(act);

  return (
    <div className={classes.page}>
      <header className={classes.head}>
        <h1 className={classes.title}>{situation.position ?? 'Branch Lab'}</h1>
        <select
          className={classes.select}
          aria-label={t('Shown')}
          value={shown}
          onChange={(event) => {
            show(event.currentTarget.value as Presentable);
            // Keys go to the presentation again.
            event.currentTarget.blur();
          }}
        >
          {(all.includes(shown) ? all : [shown, ...all]).map((one) => (
            <option key={one} value={one}>
              {t(presentableTitle(one))}
            </option>
          ))}
        </select>
        <div className={classes.tools}>
          <Press label={t('QR code')} cap="Q" pressed={over === 'code'} onPress={() => act('code')} />
          <Press label={t('Notes')} cap="N" pressed={notesOpen} onPress={() => act('notes')} />
          <Press label={t('Keys')} cap="?" pressed={over === 'keys'} onPress={() => act('keys')} />
          <Press label={t('Leave')} cap="Esc" onPress={leave} />
        </div>
      </header>
      <main className={classes.main} data-lesson={children !== undefined || undefined}>
        {children}
        <div className={classes.place}>
          <Stage shown={shown} text={text} />
          {over === 'code' && <Code />}
          {over === 'keys' && <KeyList />}
        </div>
      </main>
      <footer className={classes.foot}>
        <Messages />
        <div className={classes.row}>
          <div className={classes.tools} role="group" aria-label={t('Run and steps')}>
            <Press label={t('Back')} cap="←" disabled={previous === null} onPress={() => act('previous')} />
            <Press
              main
              label={primary.label}
              cap={t('Space')}
              disabled={!primary.ready}
              onPress={() => act('primary')}
            />
            {reveal && reveal.state !== 'done' && (
              <Press
                label={t('Reveal')}
                cap="Enter"
                disabled={reveal.state === 'waiting'}
                onPress={() => act('reveal')}
              />
            )}
            <Press label={t('Next')} cap="→" onPress={() => act('next')} />
          </div>
          <Switches />
        </div>
        <p className={classes.status} role="status" aria-live="off" data-status>
          {parts.map((part) => (
            <span key={part}>{part}</span>
          ))}
        </p>
      </footer>
    </div>
  );
}

/** Messages for the presenter. */
function Messages() {
  const notes = usePresent((state) => state.notes);
  const refusal = usePresent((state) => state.refusal);
  const own = useLessons((state) => state.own);
  const place = useLessonPlace();
  const unknown = place !== null && findLesson(place.lesson, own) === null;
  const missing = useStartProblem();
  const changed = useHasChanged();
  const wasAway = useWasPausedWhileHidden();
  const idle = useRun(({ status }) => status === 'idle' || status === 'ended');
  return (
    <>
      {notes === 'refused' && (
        <p className={classes.message} role="alert">
          {t('The browser did not open the second window.')}{' '}
          <a
            href={notesLink()}
            target="_blank"
            rel="noreferrer"
            onClick={() => usePresent.setState({ notes: 'closed' })}
          >
            {t('Open the notes by this link')}
          </a>
        </p>
      )}
      {unknown && (
        <p className={classes.message} role="alert">
          {t('The lesson of this link is not in this browser. Leave the presentation to open it.')}
        </p>
      )}
      {refusal !== null && (
        <p className={classes.message} role="alert">
          {refusal}
        </p>
      )}
      {wasAway && (
        <p className={classes.message}>
          {t('The run was paused while the page was hidden or the screen locked.')}
        </p>
      )}
      {missing !== null && idle ? (
        <p className={classes.message}>{missing}</p>
      ) : (
        changed && (
          <p className={classes.message}>
            {t('The settings have changed since this run started. R starts again with them.')}
          </p>
        )
      )}
    </>
  );
}

interface PressProps {
  label: string;
  /** The key with the same action. */
  cap: string;
  main?: boolean;
  pressed?: boolean;
  disabled?: boolean;
  onPress: () => void;
}

/** A button with its key. A pointer does not focus it, so that Space and Enter still act on the presentation. */
function Press({ label, cap, main, pressed, disabled, onPress }: PressProps) {
  return (
    <button
      type="button"
      className={classes.button}
      data-main={main || undefined}
      aria-pressed={pressed}
      aria-disabled={disabled || undefined}
      aria-label={label}
      onMouseDown={(event) => event.preventDefault()}
      onClick={disabled ? undefined : onPress}
    >
      {label} <kbd aria-hidden>{cap}</kbd>
    </button>
  );
}
