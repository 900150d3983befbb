/** A text as a QR code, one SVG path. Black on white in both colour schemes, because readers expect it. */
import { Text } from '@mantine/core';
import { useMemo } from 'react';
import { encodeQR } from 'qr';
import { t } from '../../language/language';

/** Width of the quiet zone around the code, in modules (ISO/IEC 18004 requires 4). */
const QUIET = 4;
/** Greatest length with more error correction. For longer texts, larger modules matter more. */
const SHORT = 300;

/** The code as rows of modules; null if the text is too long for a QR code. */
export function modulesOf(text: string): readonly (readonly boolean[])[] | null {
  try {
    return encodeQR(text, 'raw', { ecc: text.length <= SHORT ? 'medium' : 'low', border: QUIET });
  } catch {
    return null;
  }
}

/** SVG path of all dark modules, one rectangle per horizontal run. */
export function pathOf(modules: readonly (readonly boolean[])[]): string {
  const parts: string[] = [];
  modules.forEach((row, y) => {
    for (let x = 0; x < row.length; x++) {
      if (!row[x]) continue;
      const from = x;
      while (row[x + 1]) x++;
      parts.push(`M${from} ${y}h${x - from + 1}v1h${from - x - 1}z`);
    }
  });
  return parts.join('');
}

/** The code as an SVG file; null if the text is too long. */
export function qrSvg(text: string): string | null {
  const modules = modulesOf(text);
  if (!modules) return null;
  const size = modules.length;
  // not translated: an SVG file has no words.
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" width="${size * 8}" height="${size * 8}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h${size}v${size}H0z"/><path d="${pathOf(modules)}"/></svg>`;
}

export interface QrCodeProps {
  text: string;
  /** Text alternative: what the code opens. */
  label: string;
  /** Greatest side in px. Modules are whole pixels if the side allows it. */
  side: number;
}

export function QrCode({ text, label, side }: QrCodeProps) {
  const modules = useMemo(() => modulesOf(text), [text]);
  if (!modules)
    return (
      <Text size="sm">
        {t(
          'These {{characters}} characters are more than a QR code holds. Hide fewer parts, or copy the link.',
          { characters: text.length.toLocaleString('en') },
        )}
      </Text>
    );
  const size = modules.length;
  const scale = Math.max(1, Math.floor(side / size));
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${size} ${size}`}
      width={size * scale}
      height={size * scale}
      shapeRendering="crispEdges"
      style={{ maxWidth: '100%', height: 'auto', display: 'block' }}
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={pathOf(modules)} fill="#000" />
    </svg>
  );
}
