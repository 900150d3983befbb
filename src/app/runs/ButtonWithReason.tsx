/** A button that can be disabled with a reason. It stays focusable, and its tooltip says why. */
import { Tooltip, type ButtonProps } from '@mantine/core';
import { cloneElement, type MouseEventHandler, type ReactElement } from 'react';

type Pressable = ButtonProps & { onClick: MouseEventHandler; 'aria-disabled'?: true; 'data-disabled'?: true };

interface ExcusedProps {
  /** Why it is disabled; null if it is enabled. */
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
