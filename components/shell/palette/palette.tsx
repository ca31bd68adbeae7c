'use client';

import { Command, defaultFilter } from 'cmdk';
import { useRouter } from 'next/navigation';
import { type ComponentProps, useEffect, useRef, useState } from 'react';
import { NAV_ITEMS } from '@/components/shell/nav/nav-items';
import { EVERYTHING, FOUND, FoundItems, MOST_TYPED } from '@/components/shell/palette/found-items';
import { GROUP, ITEM } from '@/components/shell/palette/looks';
import { QueueItems } from '@/components/shell/palette/queue-items';
import { TaskItems } from '@/components/shell/palette/task-items';
import { toggleTheme } from '@/components/shell/theme';

interface PaletteProps {
  onClose: () => void;
  onHelp: () => void;
}

/** The order of what fits: pages and actions by their names, then what was found, then the way to search everything. */
const rank: ComponentProps<typeof Command>['filter'] = (value, typed, keywords) =>
  value.startsWith(FOUND)
    ? 0.002
    : value.startsWith(EVERYTHING)
      ? 0.001
      : (defaultFilter?.(value, typed, keywords) ?? 0);

/** Find, go to, or do. Filters as you type; Enter runs what is marked. */
export function Palette({ onClose, onHelp }: PaletteProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const [typed, setTyped] = useState('');
  const router = useRouter();
  useEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  const go = (href: string) => {
    onClose();
    router.push(href);
  };
  return (
    <dialog
      ref={ref}
      className="dialog palette"
      aria-label="Find, go to or do"
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onMouseDown={(event) => {
        if (event.target === ref.current) onClose();
      }}
    >
      <Command loop filter={rank} label="Find, go to or do" className="flex min-h-0 flex-col">
        <Command.Input
          autoFocus
          value={typed}
          onValueChange={setTyped}
          maxLength={MOST_TYPED}
          placeholder="A job’s id, an error, a queue, a page, something to do…"
          className="h-11 border-line border-b bg-transparent px-4 outline-none placeholder:text-ink-3"
        />
        <Command.List className="max-h-[52vh] overflow-auto p-1.5">
          <Command.Group heading="Go to" className={GROUP}>
            {NAV_ITEMS.map((item) => (
              <Command.Item key={item.id} className={ITEM} value={`go to ${item.label}`} onSelect={() => go(item.href)}>
                {item.label}
                <span className="kbd ml-auto">g {item.key}</span>
              </Command.Item>
            ))}
          </Command.Group>
          <QueueItems go={go} onClose={onClose} />
          <TaskItems go={go} />
          <FoundItems typed={typed} go={go} />
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
        </Command.List>
      </Command>
    </dialog>
  );
}
