/** An image of a data set: 32x32 pixels, enlarged without interpolation. */
import { useEffect, useRef } from 'react';
import { IMAGE_SIDE } from '../../data/dataset';
import { toRgba } from '../../data/picture';
import classes from './AnswersPanel.module.css';

export function PixelImage({ pixels, label, size }: { pixels: Uint8Array; label: string; size: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const image = new ImageData(toRgba(pixels), IMAGE_SIDE, IMAGE_SIDE);
    canvas.current?.getContext('2d')?.putImageData(image, 0, 0);
  }, [pixels]);
  return (
    <canvas
      ref={canvas}
      width={IMAGE_SIDE}
      height={IMAGE_SIDE}
      role="img"
      aria-label={label}
      className={classes.pixels}
      style={{ width: size }}
    />
  );
}
