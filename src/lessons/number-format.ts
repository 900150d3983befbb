/** How a measured number is written in a lesson. */
import { z } from 'zod';
import type { Finding } from '../instruments/verdict';

export const FORMATS = ['percent', 'points', 'number', 'fixed', 'step', 'times', 'small', 'finding'] as const;
export const formatSchema = z.enum(FORMATS);
export type Format = z.infer<typeof formatSchema>;

const grouped = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** A number of any size with three digits, also 214 and 2.0e+11. */
function sized(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e6 || (size > 0 && size < 1e-3)) return value.toExponential(1);
  return size >= 1000 ? grouped.format(value) : value.toPrecision(3);
}

/** `percent` takes a share, `points` per cent; "–" if there is no value. */
export function formatted(value: number | null, format: Format, findings: Record<Finding, string>): string {
  if (value === null || !Number.isFinite(value)) return '–';
  switch (format) {
    case 'percent':
      return `${(100 * value).toFixed(1)} %`;
    case 'points':
      return `${value.toFixed(2)} %`;
    case 'number':
      return sized(value);
    case 'fixed':
      return value.toFixed(3);
    case 'step':
      return grouped.format(value);
    case 'times':
      return `×${sized(value)}`;
    case 'small':
      return value === 0 ? '0' : value.toExponential(1);
    case 'finding':
      return findings[value > 0.75 ? 'supported' : value > 0.25 ? 'undecided' : 'excluded'];
    default:
      return format satisfies never;
  }
}
