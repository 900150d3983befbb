/** The colour of a run among other runs: in the table, in overlays, in reports. */

/**
 * Pairs of similar hue for the light and for the dark page. The first eight were found by a search and also differ for people
 * with any of the three kinds of colour blindness; the other four differ for everybody else.
 */
const COLOURS = [
  ['#4711c8', '#9394e7'],
  ['#cb7e19', '#f49923'],
  ['#34a08e', '#4fc39c'],
  ['#620b05', '#ee1401'],
  ['#b770f8', '#f9c1fd'],
  ['#5d6312', '#9ffd28'],
  ['#923e81', '#aa5b8e'],
  ['#2d2963', '#336cfa'],
  ['#e9509a', '#fc78e1'],
  ['#1468a3', '#1f7fa2'],
  ['#043f0a', '#608208'],
  ['#c04637', '#db8a94'],
] as const;

/** The colour of the run with this number in the history; after twelve runs the colours repeat. */
export const runColour = (number: number, dark: boolean): string =>
  COLOURS[number % COLOURS.length]![dark ? 1 : 0];
