'use client';

import { type CSSProperties, type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { Button } from '@/components/ui/button';
import { toVisible } from '@/lib/format/visible';

export interface MenuItem {
  id: string;
  label: ReactNode;
  danger?: boolean;
  /** Why it cannot be chosen; it stays in the list and says so. */
  blocked?: string | null | undefined;
  /** A line above this item. */
  apart?: boolean;
  onChoose: () => void;
}

interface MenuProps {
  /** For screen readers: what the actions are about. */
  label: string;
  items: MenuItem[];
  children?: ReactNode;
  small?: boolean;
}

/** A button that opens a list of actions: arrows move, Escape closes and gives the focus back. */
export function Menu({ label, items, children = '⋯', small }: MenuProps) {
  const [place, setPlace] = useState<CSSProperties | null>(null);
  const isOpen = place !== null;
  const box = useRef<HTMLDivElement>(null);
  const id = useId();
  const listItems = () => [...(box.current?.querySelectorAll<HTMLElement>('[role="menuitem"]') ?? [])];
  const close = () => {
    setPlace(null);
    box.current?.querySelector('button')?.focus();
  };
  useEffect(() => {
    if (!isOpen) return;
    box.current?.querySelector<HTMLElement>('[role="menuitem"]')?.focus({ preventScroll: true });
    const leave = (event: Event) => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) setPlace(null);
    };
    document.addEventListener('pointerdown', leave);
    document.addEventListener('focusin', leave);
    // Stays beside its button when the page, or a box in it, is scrolled.
    const follow = () => {
      const button = box.current?.querySelector('button');
      if (button) setPlace(placeBeside(button, items.length));
    };
    document.addEventListener('scroll', follow, true);
    return () => {
      document.removeEventListener('scroll', follow, true);
      document.removeEventListener('pointerdown', leave);
      document.removeEventListener('focusin', leave);
    };
  }, [isOpen, items.length]);
  const onKeyDown = (event: KeyboardEvent) => {
    const all = listItems();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const go: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 };
    const to = go[event.key];
    if (event.key === 'Escape') close();
    else if (to !== undefined && isOpen) all[(to + all.length) % all.length]?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const choose = (item: MenuItem) => {
    if (item.blocked) return;
    close();
    item.onChoose();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys of the menu inside
    <div ref={box} className="menu-box" onKeyDown={onKeyDown}>
      <Button
        look="ghost"
        icon
        small={small}
        aria-label={toVisible(label)}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        onClick={(event) => setPlace(isOpen ? null : placeBeside(event.currentTarget, items.length))}
      >
        {children}
      </Button>
      {isOpen && (
        <div id={id} role="menu" aria-label={toVisible(label)} className="menu" style={place}>
          {items.map((item) => (
            <button
              key={item.id}
              type="button"
              role="menuitem"
              tabIndex={-1}
              aria-disabled={item.blocked ? true : undefined}
              className={`menu-item ${item.danger ? 'danger' : ''} ${item.apart ? 'apart' : ''}`}
              onClick={() => choose(item)}
            >
              <span>{item.label}</span>
              {item.blocked && <small>{item.blocked}</small>}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

const ROW_PX = 34;
const WIDEST_PX = 336;

/** Fixed on the screen, so that no scrolling box cuts it: below the button, or above it where there is no room. */
function placeBeside(button: HTMLElement, items: number): CSSProperties {
  const { top, bottom, right } = button.getBoundingClientRect();
  const width = document.documentElement.clientWidth;
  const isBelow = bottom + items * ROW_PX < innerHeight || top < innerHeight / 2;
  return {
    ...(right > WIDEST_PX ? { right: Math.max(8, width - right) } : { left: 8 }),
    ...(isBelow
      ? { top: bottom + 4, maxHeight: innerHeight - bottom - 12 }
      : { bottom: innerHeight - top + 4, maxHeight: top - 12 }),
  };
}
