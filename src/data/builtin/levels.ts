/**
 * The levels of difficulty of the built-in data set: one row per level, read by drawing.ts. A level changes how figures
 * are drawn; the classes are the same at every level.
 */
import type { Experiment } from '../../experiment/settings';

export type Difficulty = Experiment['difficulty'];

/** From, to. */
export type Range = readonly [number, number];

export interface Level {
  /** Of the figure, in pixels. */
  radius: Range;
  /** How far from the middle a figure may lie: a share of the way to where it touches the border. */
  wander: number;
  /** Share of the rotation that the family allows. */
  turn: number;
  /** Width against height: 1 ± stretch. */
  stretch: number;
  /** Brightness of the background, as a share of the ink's. */
  shade: number;
  /** Smallest difference of brightness between ink and background, of 255. */
  contrast: number;
  /** Share of the family's colour in the background: how much the colour reveals about the superclass. */
  hint: number;
  /** Share of the images whose background has waves. */
  waves: number;
  /** Most dots and dashes under the figure. */
  marks: number;
  /** Most dashes over the figure. */
  covers: number;
  /** Share of the images that have a small figure of any class in a corner: the large one is the label. */
  companions: number;
  /** Brightness of the whole image. */
  light: Range;
  /** Strength of the noise, of 255. */
  grain: Range;
}

export const LEVELS: Readonly<Record<Difficulty, Level>> = {
  easy: {
    radius: [10, 12],
    wander: 0.5,
    turn: 0.06,
    stretch: 0.04,
    shade: 0.35,
    contrast: 90,
    hint: 0.5,
    waves: 0,
    marks: 0,
    covers: 0,
    companions: 0,
    light: [0.9, 1.1],
    grain: [2, 6],
  },
  medium: {
    radius: [7.5, 11],
    wander: 1,
    turn: 0.3,
    stretch: 0.12,
    shade: 0.55,
    contrast: 55,
    hint: 0.3,
    waves: 1 / 3,
    marks: 2,
    covers: 0,
    companions: 0,
    light: [0.75, 1.2],
    grain: [4, 16],
  },
  hard: {
    radius: [7, 11],
    wander: 1,
    turn: 1,
    stretch: 0.15,
    shade: 0.55,
    contrast: 45,
    hint: 0.1,
    waves: 1 / 2,
    marks: 3,
    covers: 1,
    companions: 0.25,
    light: [0.7, 1.2],
    grain: [6, 24],
  },
};
