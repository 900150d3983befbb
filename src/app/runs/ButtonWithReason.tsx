/** A button that may not be pressed now: it stays in reach, and says why. */
import { Tooltip, type ButtonProps } from '@mantine/core';
import { cloneElement, type MouseEventHandler, type ReactElement } from 'react';

type Pressable = ButtonProps & { onClick: MouseEventHandler; 'aria-disabled'?: true; 'data-disabled'?: true };

interface ExcusedProps {
  /** Why not; null where it may be pressed. */
  why: string | null;
  children: ReactElement<Pressable>;
}

export function Excused({ why, children }: ExcusedProps) {
  if (why === null) return children;
  return (
    <Tooltip label={why}>
      {cloneElement(children, {
        'aria-disabled': true,
        'data-disabled': true,
        onClick: (event) => event.preventDefault(),
      })}
    </Tooltip>
  );
}
