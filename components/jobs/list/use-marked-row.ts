import { type KeyboardEvent, type PointerEvent, type RefObject, useRef } from 'react';
import { moveInTable, readMarkedRow, rowOf } from '@/components/jobs/list/mark-row';

/**
 * The row that a key may act on: the one that holds the focus, if the person put it there (by j and k, Tab, or a press). It is known by its
 * job: a row that takes its place is another one, and focus that came by itself marks nothing.
 */
export function useMarkedRow(table: RefObject<HTMLTableElement | null>) {
  const chosen = useRef<string | null>(null);
  const choose = (id: string | null) => {
    chosen.current = id;
  };
  return {
    /** The id of its job; null = none is marked. */
    read: (): string | null => {
      const focused = readMarkedRow(table.current);
      return focused !== null && focused === chosen.current ? focused : null;
    },
    move: (step: 1 | -1): boolean => {
      const hasMoved = moveInTable(table.current, step);
      if (hasMoved) choose(readMarkedRow(table.current));
      return hasMoved;
    },
    handlers: {
      onPointerDown: (event: PointerEvent) => choose(rowOf(table.current, event.target)),
      // Tab has moved the focus when it is let go.
      onKeyUp: ({ key }: KeyboardEvent) => {
        if (key === 'Tab') choose(readMarkedRow(table.current));
      },
    },
  };
}
