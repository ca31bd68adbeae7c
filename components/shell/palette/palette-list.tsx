'use client';

import { Command, defaultFilter, useCommandState } from 'cmdk';
import { useRouter } from 'next/navigation';
import { type ComponentProps, type RefObject, useEffect, useEffectEvent, useState } from 'react';
import { NAV_ITEMS } from '@/components/shell/nav/nav-items';
import { EVERYTHING, FOUND, FoundElsewhere, FoundJobItems } from '@/components/shell/palette/found-items';
import { GROUP, ITEM } from '@/components/shell/palette/looks';
import { QueueItems } from '@/components/shell/palette/queue-items';
import { TaskItems } from '@/components/shell/palette/task-items';
import { toggleTheme } from '@/components/shell/theme';

export interface PaletteListProps {
  typed: string;
  /** Where the keys go that move in the list. */
  rootRef: RefObject<HTMLDivElement | null>;
  /** Told the id of the marked item. */
  onActive: (id: string | undefined) => void;
  onClose: () => void;
  onHelp: () => void;
  /** Asks before it pauses a queue. */
  onPause: (queue: { source: string; queue: string }) => void;
}

/**
 * What was found fits; of pages and actions those with all the words in their names, the best first. Letters that are only scattered
 * over a name do not fit: the digits of an id would be met in half of all queues.
 */
const rank: ComponentProps<typeof Command>['filter'] = (value, typed, keywords) => {
  if (value.startsWith(FOUND)) return 1;
  const name = value.toLowerCase();
  const words = typed.toLowerCase().split(/\s+/);
  return words.every((word) => name.includes(word)) ? Math.max(0.001, defaultFilter?.(value, typed, keywords) ?? 0) : 0;
};

/** Filters by what is typed above; Enter there runs what is marked here. */
export function PaletteList({ typed, rootRef, onActive, onClose, onHelp, onPause }: PaletteListProps) {
  const [marked, setMarked] = useState('');
  const router = useRouter();
  const go = (href: string) => {
    onClose();
    router.push(href);
  };
  return (
    <Command
      ref={rootRef}
      loop
      filter={rank}
      value={marked}
      onValueChange={setMarked}
      label="Find, go to or do"
      className="flex min-h-0 flex-col"
    >
      {/* The real input stands above, outside of this file: this one only tells the list what was typed there. */}
      <Command.Input value={typed} hidden />
      <TellActive rootRef={rootRef} onActive={onActive} />
      <Command.List className="max-h-[52vh] overflow-auto p-1.5">
        <FoundJobItems
          typed={typed}
          go={go}
          // Where nothing else fits, Enter opens the job.
          onFound={(job) => setMarked((now) => (now.startsWith(EVERYTHING) ? job : now))}
        />
        <Command.Group heading="Go to" className={GROUP}>
          {NAV_ITEMS.map((item) => (
            <Command.Item key={item.id} className={ITEM} value={`go to ${item.label}`} onSelect={() => go(item.href)}>
              {item.label}
              <span className="kbd ml-auto">g {item.key}</span>
            </Command.Item>
          ))}
        </Command.Group>
        <QueueItems go={go} onClose={onClose} onPause={onPause} />
        <TaskItems go={go} />
        <Command.Group heading="Queuedeck" className={GROUP}>
          <Command.Item
            className={ITEM}
            value="switch theme light dark"
            onSelect={() => {
              toggleTheme();
              onClose();
            }}
          >
            Switch between light and dark
          </Command.Item>
          <Command.Item className={ITEM} value="keyboard shortcuts help" onSelect={onHelp}>
            Keyboard shortcuts <span className="kbd ml-auto">?</span>
          </Command.Item>
        </Command.Group>
        <FoundElsewhere typed={typed} go={go} />
      </Command.List>
    </Command>
  );
}

/** From what stands there: what the list's own store says of it comes one step late. */
function TellActive({ rootRef, onActive }: Pick<PaletteListProps, 'rootRef' | 'onActive'>) {
  const marked = useCommandState((state) => `${state.value}\n${state.filtered.count}`);
  const tell = useEffectEvent(() =>
    onActive(rootRef.current?.querySelector('[cmdk-item][aria-selected="true"]')?.id ?? undefined),
  );
  useEffect(() => {
    if (marked !== '') tell();
  }, [marked]);
  return null;
}
