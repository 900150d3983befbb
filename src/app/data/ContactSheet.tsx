/** Images of a set by superclass and class, drawn on one canvas per class. */
import { t } from '../../language/language';
import { Anchor, Text, Title } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useEffect, useMemo, useRef } from 'react';
import type { Augmentation } from '../../data/batch';
import { IMAGE_SIDE } from '../../data/dataset';
import type { Part, SetFacts } from '../../data/contact-sheet/sheet';
import type { SheetClient } from '../../data/contact-sheet/sheet-client';
import type { ClassImages } from '../../data/contact-sheet/sheet-protocol';
import { count } from '../controls/format';
import { spoken } from '../../data/names';
import { useImages } from './useSheet';
import classes from './DataView.module.css';

/** An image and the line to the next one, in pixels of the canvas. */
const CELL = IMAGE_SIDE + 1;
/** Width of the class name next to the canvas. */
const NAME_WIDTH = 112;
const GAP = 24;
/** Width from which two superclasses are side by side. */
const WIDE = 760;

interface ClassCanvasProps {
  images: ClassImages;
  columns: number;
  scale: number;
  label: string;
}

function ClassCanvas({ images, columns, scale, label }: ClassCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const across = Math.min(columns, Math.max(1, images.count));
  const width = across * CELL - 1;
  const height = Math.max(1, Math.ceil(images.count / across)) * CELL - 1;
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    context.clearRect(0, 0, width, height);
    const bytes = 4 * IMAGE_SIDE * IMAGE_SIDE;
    for (let i = 0; i < images.count; i++) {
      const image = new ImageData(images.rgba.subarray(i * bytes, (i + 1) * bytes), IMAGE_SIDE, IMAGE_SIDE);
      context.putImageData(image, (i % across) * CELL, Math.floor(i / across) * CELL);
    }
  }, [images, across, width, height]);
  return (
    <canvas
      ref={canvas}
      width={width}
      height={height}
      role="img"
      aria-label={label}
      className={`${classes.canvas} ${Number.isInteger(scale) ? classes.sharp : ''}`}
      style={{ width: width * scale, height: height * scale }}
    />
  );
}

export interface ContactSheetProps {
  client: SheetClient;
  facts: SetFacts;
  part: Part;
  /** null: all. */
  family: number | null;
  member: number | null;
  augment: Augmentation | null;
  onPick: (label: number) => void;
}

export function ContactSheet({ client, facts, part, family, member, augment, onPick }: ContactSheetProps) {
  const { ref, width } = useElementSize();
  const { coarseNames, coarseOf, counts, fineNames } = facts;
  const shown = useMemo(
    () =>
      fineNames
        .map((_, label) => label)
        .filter((label) =>
          member === null ? family === null || coarseOf[label] === family : label === member,
        )
        .toSorted((a, b) => coarseOf[a]! - coarseOf[b]! || a - b),
    [fineNames, coarseOf, family, member],
  );
  const everything = shown.length > 10;
  const blocks = everything && width >= WIDE ? 2 : 1;
  const scale = everything ? 1.5 : 2;
  const room = (width - (blocks - 1) * GAP) / blocks - NAME_WIDTH;
  const columns = width === 0 ? 0 : Math.max(1, Math.floor(room / (CELL * scale)));
  const rows = everything ? 1 : shown.length > 1 ? 3 : Infinity;
  const most = Math.max(...shown.map((label) => counts[part][label]!));
  const limit = columns === 0 ? 0 : Math.min(most, columns * rows);
  const images = useImages(client, part, shown, limit, augment);
  const found = new Map(images.map((some) => [some.label, some]));
  const families = [...new Set(shown.map((label) => coarseOf[label]!))];
  return (
    <div
      ref={ref}
      className={classes.sheet}
      style={{ gridTemplateColumns: `repeat(${blocks}, minmax(0, 1fr))` }}
      data-ready={images.length > 0}
    >
      {families.map((coarse) => (
        <section key={coarse} className={classes.family} aria-label={spoken(coarseNames[coarse]!)}>
          <Title order={4} size="sm">
            {spoken(coarseNames[coarse]!)}
          </Title>
          {shown
            .filter((label) => coarseOf[label] === coarse)
            .map((label) => {
              const some = found.get(label);
              const name = spoken(fineNames[label]!);
              return (
                <div key={label} className={classes.row}>
                  <div>
                    {member === null ? (
                      <Anchor
                        component="button"
                        type="button"
                        size="sm"
                        className={classes.name}
                        onClick={() => onPick(label)}
                      >
                        {name}
                      </Anchor>
                    ) : (
                      <Text size="sm" className={classes.name}>
                        {name}
                      </Text>
                    )}
                    <Text size="xs" c="dimmed">
                      {t('{{images}} images', { images: count(counts[part][label]!) })}
                    </Text>
                  </div>
                  {some && some.count > 0 && columns > 0 && (
                    <ClassCanvas
                      images={some}
                      columns={columns}
                      scale={scale}
                      label={
                        part === 'train'
                          ? t('{{name}}: {{images}} training images', { name, images: some.count })
                          : t('{{name}}: {{images}} test images', { name, images: some.count })
                      }
                    />
                  )}
                </div>
              );
            })}
        </section>
      ))}
    </div>
  );
}
