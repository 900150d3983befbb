/** Tests of a run's network and their results. They are kept while other views are shown. */
import { create } from 'zustand';
import { saidBy, type Message } from '../../language/message';
import type { RunState } from '../../runs/record';
import type { AnswersReport, RecognitionReport } from '../../training/protocol';
import { useRun } from '../store/run';
import { pixelsOf } from './picture-pixels';

export type AnswersTab = 'classes' | 'confusion' | 'mistakes' | 'own';

/** A value with the run it belongs to. */
interface About<T> {
  runId: string;
  said: T;
}

export interface AnswersState {
  tab: AnswersTab;
  testing: boolean;
  tested: About<AnswersReport> | null;
  /** Why a test failed. */
  problem: About<Message> | null;
  /** The user's picture as the network sees it; `number` counts the chosen pictures. */
  picture: { number: number; name: string; pixels: Uint8Array } | null;
  asking: boolean;
  recognised: About<RecognitionReport> | null;
  /** Why a picture could not be read or recognised. */
  pictureProblem: Message | null;
}

export const useAnswers = create<AnswersState>(() => ({
  tab: 'classes',
  testing: false,
  tested: null,
  problem: null,
  picture: null,
  asking: false,
  recognised: null,
  pictureProblem: null,
}));

/** Whether the run has a network that can be tested. */
export const hasBegun = (run: RunState | null): run is RunState =>
  run !== null && run.plan !== null && run.series.count > 0;

/** Tests the shown run's network on every test image. */
export async function testByClass(): Promise<void> {
  const { run, ask } = useRun.getState();
  if (!hasBegun(run) || useAnswers.getState().testing) return;
  const runId = run.id;
  useAnswers.setState({ testing: true, problem: null });
  try {
    const reply = await ask({ type: 'answers', runId });
    useAnswers.setState(
      reply.result ? { tested: { runId, said: reply.result } } : { problem: { runId, said: reply.reason } },
    );
  } catch (error) {
    useAnswers.setState({ problem: { runId, said: saidBy(error) } });
  } finally {
    useAnswers.setState({ testing: false });
  }
}

/** Has the network of the shown run classify the picture. */
export async function classifyPicture(): Promise<void> {
  const { run, ask } = useRun.getState();
  const { picture } = useAnswers.getState();
  if (!hasBegun(run) || !picture) return;
  const runId = run.id;
  useAnswers.setState({ asking: true, pictureProblem: null });
  const still = () => useAnswers.getState().picture === picture;
  try {
    const reply = await ask({ type: 'recognise', runId, pixels: picture.pixels });
    if (still())
      useAnswers.setState(
        reply.result ? { recognised: { runId, said: reply.result } } : { pictureProblem: reply.reason },
      );
  } catch (error) {
    if (still()) useAnswers.setState({ pictureProblem: saidBy(error) });
  } finally {
    if (still()) useAnswers.setState({ asking: false });
  }
}

/** Number of pictures chosen so far. A picture that is decoded after a later one was chosen is dropped. */
let chosen = 0;

/** Takes the user's picture and has the network classify it, if there is one. */
export async function choosePicture(file: File): Promise<void> {
  const number = ++chosen;
  useAnswers.setState({ tab: 'own' });
  try {
    const pixels = await pixelsOf(file);
    if (number !== chosen) return;
    useAnswers.setState({
      picture: { number, name: file.name, pixels },
      recognised: null,
      pictureProblem: null,
      asking: false,
    });
  } catch (error) {
    if (number === chosen) useAnswers.setState({ pictureProblem: saidBy(error) });
    return;
  }
  await classifyPicture();
}
