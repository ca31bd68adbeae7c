'use client';

import { Menu, Search } from 'lucide-react';
import { LiveIndicator } from '@/components/shell/live-indicator';
import { Crumbs } from '@/components/shell/nav/crumbs';
import { Button } from '@/components/ui/button';

interface TopBarProps {
  railOpen: boolean;
  onMenu: () => void;
  onPalette: () => void;
  /** Someone is about to press the search. */
  onReach: () => void;
}

export function TopBar({ railOpen, onMenu, onPalette, onReach }: TopBarProps) {
  return (
    <header className="top">
      <Button
        look="ghost"
        small
        icon
        className="menu-btn"
        aria-label="Menu"
        aria-expanded={railOpen}
        aria-controls="rail"
        onClick={onMenu}
      >
        <Menu size={16} strokeWidth={1.75} />
      </Button>
      <Crumbs />
      <button
        type="button"
        className="search"
        aria-label="Search jobs and errors, go to a page or queue, or run an action"
        aria-keyshortcuts="Meta+K Control+K"
        onClick={onPalette}
        onPointerEnter={onReach}
        onFocus={onReach}
      >
        <Search size={14} strokeWidth={1.75} aria-hidden className="flex-none" />
        <span className="clip">Search jobs, queues, errors…</span>
        <span className="kbd">⌘K</span>
      </button>
      <LiveIndicator />
    </header>
  );
}
