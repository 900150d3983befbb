/** Somebody else's result, which came in the link and lies behind the visitor's own run. */
import { create } from 'zustand';
import type { OverlaidRun } from '../../charts/run-view';
import type { SharedResult } from '../../runs/shared-result';
import { sharedView, type SharedView } from '../../runs/shared-view';
import { ARRIVAL, type Arrival } from '../address/opened-link';

interface Ghost {
  /** What of the fragment the result was read from; null where there is none. */
  text: string | null;
  result: SharedResult | null;
  view: SharedView | null;
  /** What of the fragment cannot be read as a result. */
  unreadable: string | null;
}

const ghostOf = ({ result, unreadable }: Pick<Arrival, 'result' | 'unreadable'>): Ghost => ({
  text: result?.text ?? null,
  result: result?.shared ?? null,
  view: result && sharedView(result.shared),
  unreadable,
});

export const useGhost = create<Ghost>(() => ghostOf(ARRIVAL));

/** Takes the result of an address; the same one again changes nothing. */
export function readGhost(arrival: Arrival): void {
  const { text, unreadable } = useGhost.getState();
  if (text !== (arrival.result?.text ?? null) || unreadable !== arrival.unreadable)
    useGhost.setState(ghostOf(arrival));
}

export const closeGhost = (): void => useGhost.setState(ghostOf({ result: null, unreadable: null }));

const COLOURS = { light: '#c2255c', dark: '#f783ac' } as const;

/** The ghost as a line of the charts; null where there is none. */
export function ghostLine(
  { result, view }: Pick<Ghost, 'result' | 'view'>,
  dark: boolean,
): OverlaidRun | null {
  if (!result || !view) return null;
  return {
    id: `ghost ${result.id}`,
    name: result.name,
    colour: dark ? COLOURS.dark : COLOURS.light,
    dashed: true,
    run: view,
  };
}
