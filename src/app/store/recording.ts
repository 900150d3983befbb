/** The recordings that ship with the page: the one that the lab shows, and the one that lies behind a run of one's own. */
import { create } from 'zustand';
import { loadPlotly } from '../../charts/plotly';
import type { OverlaidRun } from '../../charts/run-view';
import { differingKeys } from '../../experiment/difference';
import { experimentFromQuery } from '../../experiment/url';
import { t } from '../../language/language';
import { messageOf } from '../../language/message-of';
import type { RunState } from '../../runs/record';
import { readReplay, ReplayError, type ReplayFacts } from '../../runs/replay-file';
import { replayByName, replayPath } from '../../runs/replays';
import { OPENED_LINK } from '../address/opened-link';
import { useExperiment } from './experiment';
import { play, playFromStart } from './playhead';
import { usePage } from './page-options';
import { isGoingOn, useRun } from './run';
import { showView } from './current-view';

interface Recordings {
  /** What is known of the recording that was opened last; it is shown while the lab's run is its run. */
  facts: ReplayFacts | null;
  /** A recording behind the lab's own run. */
  behind: RunState | null;
  /** All that were opened since the page was, by their names. */
  watched: ReadonlyMap<string, RunState>;
  /** Why a recording could not be opened. */
  problem: string | null;
}

export const useRecording = create<Recordings>(() => ({
  facts: null,
  behind: null,
  watched: new Map(),
  problem: null,
}));

const runIdOf = (name: string) => `replay-${name}`;

/** Whether a run is a recording, not one of this machine. */
export const isRecording = ({ id }: Pick<RunState, 'id'>): boolean => id.startsWith(runIdOf(''));

/** The facts of the recording that the lab shows; null where it shows a run of one's own, or none. */
export function useShownRecording(): ReplayFacts | null {
  const facts = useRecording((state) => state.facts);
  const id = useRun((state) => state.run?.id ?? null);
  return facts && id === runIdOf(facts.name) ? facts : null;
}

/** Reads a recording's file. Throws ReplayError where it cannot be had or read. */
async function fetchReplay(name: string): Promise<Uint8Array> {
  let problem: string;
  try {
    const response = await fetch(replayPath(name));
    if (response.ok) return new Uint8Array(await response.arrayBuffer());
    problem = `${response.status} ${response.statusText}`;
  } catch (error) {
    problem = messageOf(error);
  }
  throw new ReplayError(
    t('The recording’s file could not be fetched ({{problem}}). Check the connection and open it again.', {
      problem,
    }),
  );
}

/** The file that the address asks for is fetched while the page is still being put together. */
let early =
  OPENED_LINK.page.replay === null
    ? null
    : { name: OPENED_LINK.page.replay, file: soon(OPENED_LINK.page.replay) };

function soon(name: string): Promise<Uint8Array> {
  const file = fetchReplay(name);
  // Whoever opens it hears of it.
  file.catch(() => undefined);
  void loadPlotly().catch(() => undefined);
  return file;
}

/** The file, which may be on its way already. */
function fileOf(name: string): Promise<Uint8Array> {
  const file = early?.name === name ? early.file : fetchReplay(name);
  early = null;
  return file;
}

/** The one asked for last; of two that are being fetched, it is shown. */
let wanted: string | null = null;

/** Shows a recording in the lab, with its settings in the panel, and plays it from step 0. Never throws: what went wrong is in `problem`. */
export async function openReplay(name: string): Promise<void> {
  const source = replayByName(name);
  if (!source) return;
  wanted = name;
  useRecording.setState({ problem: null });
  try {
    const { facts, run } = readReplay(await fileOf(name));
    if (wanted !== name) return;
    if (isGoingOn(useRun.getState()))
      throw new ReplayError(
        t('A run is going on here. Stop it, or wait until it has ended; then open the recording again.'),
      );
    const { experiment, readQuery } = useExperiment.getState();
    if (differingKeys(experiment, experimentFromQuery(source.query).experiment).length > 0)
      readQuery(source.query);
    useExperiment.getState().setBeside(null);
    const shown = { ...run, name: t(source.title) };
    useRecording.setState(({ watched }) => ({
      facts,
      behind: null,
      watched: new Map([...watched, [name, shown]]),
    }));
    playFromStart(shown);
    useRun.getState().show(shown);
    usePage.setState({ replay: name });
    showView('lab');
    play();
  } catch (error) {
    if (wanted !== name) return;
    usePage.setState({ replay: null });
    useRecording.setState({ problem: messageOf(error) });
  }
}

/** Opens the recording that the address names, and takes it out of the address once another run is shown. Returns how to stop. */
export function followRecording(): () => void {
  const open = (name: string | null) => {
    const { run } = useRun.getState();
    if (name !== null && run?.id !== runIdOf(name)) void openReplay(name);
  };
  open(usePage.getState().replay);
  const stops = [
    usePage.subscribe(({ replay }, before) => {
      if (replay !== before.replay) open(replay);
    }),
    useRun.subscribe(({ run }, before) => {
      const { replay } = usePage.getState();
      if (run?.id !== before.run?.id && replay !== null && run?.id !== runIdOf(replay))
        usePage.setState({ replay: null });
    }),
  ];
  return () => stops.forEach((stop) => stop());
}

const COLOURS = { light: '#9c36b5', dark: '#da77f2' } as const;
const ID_BEHIND = 'recording-behind';

/** The recording behind, as a line of the charts; null where there is none. */
export function recordingLine({ behind }: Pick<Recordings, 'behind'>, dark: boolean): OverlaidRun | null {
  if (!behind) return null;
  const colour = dark ? COLOURS.dark : COLOURS.light;
  return { id: ID_BEHIND, name: behind.name, colour, dashed: true, run: behind };
}

export const isRecordingLine = (id: string): boolean => id === ID_BEHIND;

export const closeBehind = (): void => useRecording.setState({ behind: null });
