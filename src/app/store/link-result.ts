/** Store of the result in the opened link, which is drawn behind the user's own run. */
import { create } from 'zustand';
import type { OverlaidRun } from '../../charts/run-view';
import type { SharedResult } from '../../runs/shared-result';
import { sharedView, type SharedView } from '../../runs/shared-view';
import { OPENED_LINK, type OpenedLink } from '../address/opened-link';

interface LinkResult {
  /** Text of the fragment that contains the result; null if there is none. */
  text: string | null;
  result: SharedResult | null;
  view: SharedView | null;
  /** Text of the fragment that could not be read as a result; null if there is none. */
  unreadable: string | null;
}

const linkResultOf = ({ result, unreadable }: Pick<OpenedLink, 'result' | 'unreadable'>): LinkResult => ({
  text: result?.text ?? null,
  result: result?.shared ?? null,
  view: result && sharedView(result.shared),
  unreadable,
});

export const useLinkResult = create<LinkResult>(() => linkResultOf(OPENED_LINK));

/** Takes the result of an address; an unchanged result changes nothing. */
export function readLinkResult(arrival: OpenedLink): void {
  const { text, unreadable } = useLinkResult.getState();
  if (text !== (arrival.result?.text ?? null) || unreadable !== arrival.unreadable)
    useLinkResult.setState(linkResultOf(arrival));
}

export const closeLinkResult = (): void =>
  useLinkResult.setState(linkResultOf({ result: null, unreadable: null }));

const COLOURS = { light: '#c2255c', dark: '#f783ac' } as const;

/** The result as a line of the charts; null if there is none. */
export function linkResultLine(
  { result, view }: Pick<LinkResult, 'result' | 'view'>,
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
