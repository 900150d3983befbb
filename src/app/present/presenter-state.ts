/** The state of a presentation for keys, buttons and the second window: one hook for a step of a lesson, one without a lesson. */
import { differingKeys } from '../../experiment/difference';
import { t } from '../../language/language';
import { isMeasured } from '../../lessons/answers';
import type { Measured } from '../../lessons/measures';
import type { Lesson, Step } from '../../lessons/schema';
import { say } from '../../lessons/localised-text';
import { blockFormula } from '../block/block-formula';
import { chartText } from '../../charts/chart-specs';
import { useShowsTwo } from '../charts/SixPanels';
import { probeAll, runSeeds, setUp, setUpAndRun } from '../lessons/lesson-actions';
import { showFailure, startOrPause } from '../store/run-actions';
import type { Presentable } from '../../page/link-names';
import { useStartProblem } from '../store/data-sets';
import { useExperiment } from '../store/experiment';
import { goTo, type LessonPlace } from '../store/lesson-place';
import { usePage } from '../store/page-options';
import { useRun } from '../store/run';
import { answerOf } from './answer-text';
import { PRIMARY_LABELS, primaryAct, type PrimaryAct } from './primary-button';
import type { NotesState } from './notes-protocol';
import { chartOf, presentableTitle } from '../../page/link-names';
import { presentedFor } from '../../page/parts';
import { neighbour, presentables } from './stage-items';
import { noteRevealed, noteSetUp, usePresent } from './store';

export interface Situation {
  title: string;
  /** Which lesson and step; null without a lesson. */
  position: string | null;
  notes: NotesState['notes'];
  /** In the notation of lessons; null where nothing is asked. */
  answer: string | null;
  primary: { label: string; ready: boolean; act: () => void };
  reveal: { state: 'ready' | 'waiting' | 'done'; act: () => void } | null;
  next: { title: string; go: () => void } | null;
  previous: (() => void) | null;
}

export const show = (present: Presentable): void => usePage.setState({ present });

/** Everything that can be shown now. */
export function usePresentables(): Presentable[] {
  const run = useRun((state) => state.run);
  const expectNorm = useExperiment((state) => (run?.experiment ?? state.experiment).norm === 'post');
  return presentables({ run, expectNorm, two: useShowsTwo() });
}

/** Whether the settings have changed since the start of the run. */
export function useHasChanged(): boolean {
  const experiment = useExperiment((state) => state.experiment);
  const started = useRun((state) => state.started);
  return started !== null && differingKeys(experiment, started).length > 0;
}

function usePrimary(act: PrimaryAct, actions: Partial<Record<PrimaryAct, () => void>>) {
  const missing = useStartProblem();
  return {
    label: t(PRIMARY_LABELS[act]),
    ready: act !== 'wait' && !(act === 'start' && missing !== null),
    act: actions[act] ?? startOrPause,
  };
}

/** Without a lesson: charts, the two runs and the block, one after the other. */
export function usePlainSituation(shown: Presentable): Situation {
  const all = usePresentables();
  const status = useRun((state) => state.status);
  const experiment = useExperiment((state) => state.experiment);
  const primary = usePrimary(primaryAct(status, undefined, { setUp: false, measured: false }), {});
  const chart = chartOf(shown);
  const about = chart
    ? [chartText(chart).help(), chartText(chart).formula()]
    : shown === 'diagram'
      ? [t('The network’s block, branch by branch. A digit switches a branch.'), blockFormula(experiment)]
      : [
          t(
            'One line per layer, a statistic over its channels. Colour shows depth; the thick orange line is the last block, with its dip marked. All panels share their axes.',
          ),
        ];
  const next = neighbour(all, shown, 1);
  return {
    title: t(presentableTitle(shown)),
    position: null,
    notes: { text: about.join('\n\n'), markup: false },
    answer: null,
    primary,
    reveal: null,
    next: { title: t(presentableTitle(next)), go: () => show(next) },
    previous: () => show(neighbour(all, shown, -1)),
  };
}

const keyOf = (place: LessonPlace, step: Step) => `${place.lesson} ${step.id}`;

/** The actions of a step, by the kind of action. */
function actionsOf({ do: doing }: Step, key: string) {
  const probe = async (queries: readonly string[]) => {
    usePresent.setState({ probing: true });
    try {
      await probeAll(queries);
    } catch (error) {
      showFailure(t('The probe did not work'), error);
    } finally {
      usePresent.setState({ probing: false });
    }
  };
  return {
    ...(doing?.kind === 'run' && {
      'set-up-and-run': () => {
        noteSetUp(key);
        setUpAndRun(doing.query);
      },
    }),
    ...(doing?.kind === 'set-up' && {
      'set-up': () => {
        noteSetUp(key);
        setUp(doing.query);
      },
    }),
    ...(doing?.kind === 'probe' && {
      probe: () => void probe(doing.cases.map(({ query }) => query)),
    }),
    ...(doing?.kind === 'seeds' && {
      seeds: () => runSeeds(doing.groups),
    }),
  };
}

/** Whether the measurements that the step itself makes are complete; its reveal may need others. */
const hasMeasured = (step: Step, measured: Measured) =>
  isMeasured({ id: step.id, title: step.title, text: step.text, do: step.do }, measured);

/** Goes to a step, and shows the part of the page that it is about. */
export function goToStep(lesson: Lesson, place: LessonPlace, at: number): void {
  const { part } = lesson.steps[at - 1]!;
  const shown = part ? presentedFor(part) : null;
  goTo({ ...place, step: at });
  if (shown) show(shown);
}

/** The state at a step of a lesson. `further` scrolls to more of the step's text, and returns whether there was more. */
export function useLessonSituation(
  lesson: Lesson,
  place: LessonPlace,
  measured: Measured,
  further: () => boolean,
): Situation {
  const at = Math.min(place.step, lesson.steps.length);
  const step = lesson.steps[at - 1]!;
  const after = lesson.steps[at];
  const key = keyOf(place, step);
  const status = useRun((state) => state.status);
  const wasSetUp = usePresent((state) => state.setUp.includes(key));
  const revealed = usePresent((state) => state.revealed.includes(key));
  const probing = usePresent((state) => state.probing);
  const act = probing
    ? 'wait'
    : primaryAct(status, step.do, { setUp: wasSetUp, measured: hasMeasured(step, measured) });
  const primary = usePrimary(act, actionsOf(step, key));
  const ready = isMeasured(step, measured);
  return {
    title: say(step.title),
    position: t('{{lesson}}, step {{step}} of {{steps}}', {
      lesson: say(lesson.title),
      step: at,
      steps: lesson.steps.length,
    }),
    notes: step.notes ? { text: say(step.notes), markup: true } : null,
    answer: answerOf(step, measured),
    primary,
    reveal: step.reveal
      ? {
          state: revealed && ready ? 'done' : ready ? 'ready' : 'waiting',
          act: () => {
            if (ready && !revealed) noteRevealed(key);
          },
        }
      : null,
    next: after
      ? {
          title: say(after.title),
          go: () => {
            if (!further()) goToStep(lesson, place, at + 1);
          },
        }
      : { title: t('The end of the lesson'), go: () => void further() },
    previous: at > 1 ? () => goToStep(lesson, place, at - 1) : null,
  };
}
