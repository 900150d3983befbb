/** The colour of a run wherever several runs stand together: in the table, in overlays, in reports. */

/**
 * On white and on the dark page, of like hue. The first eight were searched for, so that they differ for people with any
 * of the three kinds of colour blindness too; the other four differ for everybody else.
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

/** The colour of the run with this number in the history; the thirteenth has the first one's again. */
export const runColour = (number: number, dark: boolean): string =>
  COLOURS[number % COLOURS.length]![dark ? 1 : 0];
