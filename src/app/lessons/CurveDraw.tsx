/** Input of a curve on an empty chart: drawn with finger or mouse, or point by point with the arrow keys. */
import { Button, Group, Text } from '@mantine/core';
import { useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { t } from '../../language/language';
import { say } from '../../lessons/localised-text';
import { DRAWN_POINTS, drawnAt } from '../../lessons/answers';
import type { CurveQuestion } from '../../lessons/schema';
import { CurvePlot, PLOT, pointAt } from './CurvePlot';
import classes from './lessons.module.css';

export type Points = readonly (number | null)[];

/** Only the start is drawn. */
export const emptyPoints = (start: number): Points =>
  Array.from({ length: DRAWN_POINTS }, (_, k) => (k === 0 ? start : null));

/** The points, with a straight line between two of them. */
function withLine(
  points: Points,
  from: { k: number; value: number },
  to: { k: number; value: number },
): Points {
  const next = [...points];
  const span = Math.abs(to.k - from.k);
  for (let i = 0; i <= span; i++) {
    const k = from.k + Math.sign(to.k - from.k) * i;
    next[k] = span === 0 ? to.value : from.value + ((to.value - from.value) * i) / span;
  }
  return next;
}

interface CurveDrawProps {
  question: CurveQuestion;
  points: Points;
  onChange: (points: Points) => void;
}

export function CurveDraw({ question, points, onChange }: CurveDrawProps) {
  const last = useRef<{ k: number; value: number } | null>(null);
  const [cursor, setCursor] = useState(0);
  const [focused, setFocused] = useState(false);
  const { y, start } = question;

  const place = ({ clientX, clientY, currentTarget }: PointerEvent) => {
    const box = currentTarget.getBoundingClientRect();
    return pointAt(
      question,
      ((clientX - box.left) / box.width) * PLOT.width,
      ((clientY - box.top) / box.height) * PLOT.height,
    );
  };
  const press = (event: PointerEvent<HTMLDivElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    const point = place(event);
    last.current = point;
    setCursor(point.k);
    onChange(withLine(points, point, point));
  };
  const move = (event: PointerEvent) => {
    if (!last.current) return;
    const point = place(event);
    onChange(withLine(points, last.current, point));
    last.current = point;
    setCursor(point.k);
  };
  const release = () => {
    last.current = null;
  };

  const valueAt = (k: number) => points[k] ?? points.slice(0, k).findLast((value) => value !== null) ?? start;
  const onKeyDown = (event: KeyboardEvent) => {
    const fine = (y.max - y.min) / 50;
    const coarse = (y.max - y.min) / 10;
    const by = { ArrowUp: fine, ArrowDown: -fine, PageUp: coarse, PageDown: -coarse }[event.key];
    const along = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const ends = { Home: 0, End: DRAWN_POINTS - 1 }[event.key];
    if (by === undefined && along === undefined && ends === undefined) return;
    event.preventDefault();
    const here = { k: cursor, value: valueAt(cursor) };
    if (by !== undefined) {
      const value = Math.min(y.max, Math.max(y.min, Number((here.value + by).toPrecision(4))));
      onChange(withLine(points, { k: cursor, value }, { k: cursor, value }));
      return;
    }
    const to = ends ?? Math.min(DRAWN_POINTS - 1, Math.max(0, cursor + along!));
    setCursor(to);
    // A point reached for the first time gets the current value.
    if (points[to] === null) onChange(withLine(points, here, { k: to, value: here.value }));
  };

  const step = Math.round(drawnAt(question, cursor));
  const value = valueAt(cursor);
  return (
    <div>
      <div
        className={classes.draw}
        role="slider"
        tabIndex={0}
        aria-label={t('Your curve: {{what}}', { what: say(question.y.label) })}
        aria-valuemin={y.min}
        aria-valuemax={y.max}
        aria-valuenow={value}
        aria-valuetext={t('{{value}}, {{axis}} {{step}}', {
          value: value.toFixed(2),
          axis: say(question.x.label),
          step,
        })}
        aria-orientation="vertical"
        onPointerDown={press}
        onPointerMove={move}
        onPointerUp={release}
        onPointerCancel={release}
        onKeyDown={onKeyDown}
        onFocus={() => setFocused(true)}
        onBlur={() => setFocused(false)}
      >
        <CurvePlot
          {...question}
          drawn={points}
          measured={null}
          cursor={focused || points.filter((point) => point !== null).length === 1 ? cursor : null}
          labels={{ x: say(question.x.label), y: say(question.y.label) }}
        />
      </div>
      <Group gap="xs" justify="space-between" wrap="nowrap" align="start">
        <Text size="xs" c="dimmed">
          {t(
            'Draw with finger or mouse. With the keyboard: left and right move along the steps, up and down change the value.',
          )}
        </Text>
        <Button
          size="compact-xs"
          variant="default"
          style={{ flex: 'none' }}
          onClick={() => {
            setCursor(0);
            onChange(emptyPoints(start));
          }}
        >
          {t('Clear')}
        </Button>
      </Group>
    </div>
  );
}
