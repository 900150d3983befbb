/** Units of y axes: how a recorded value becomes the value drawn, and how that is written. */
import { t } from '../language/language';

export interface Unit {
  /** What a recorded value is multiplied by. */
  factor: number;
  /** Digits after the point. */
  digits: number;
  /** Follows a number. */
  suffix: string;
}

export const PLAIN: Unit = { factor: 1, digits: 4, suffix: '' };
/** Per cent of a recorded share. */
export const PER_CENT: Unit = { factor: 100, digits: 2, suffix: ' %' };

/** A value in the unit as text: "0.9312", "25.00 %". */
export const valueText = (value: number, { digits, suffix }: Unit): string =>
  Number.isFinite(value) ? value.toFixed(digits) + suffix : t('not a number');

/** The same as plotly's template for a y value. */
export const hoverValue = ({ digits, suffix }: Unit): string => `%{y:.${digits}f}${suffix}`;
