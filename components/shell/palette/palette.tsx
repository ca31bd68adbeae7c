'use client';

import { Command, defaultFilter } from 'cmdk';
import { useRouter } from 'next/navigation';
import { type ComponentProps, useState } from 'react';
import { NAV_ITEMS } from '@/components/shell/nav/nav-items';
import { EVERYTHING, FOUND, FoundElsewhere, FoundJobItems, MOST_TYPED } from '@/components/shell/palette/found-items';
import { GROUP, ITEM } from '@/components/shell/palette/looks';
import { QueueItems } from '@/components/shell/palette/queue-items';
import { TaskItems } from '@/components/shell/palette/task-items';
import { toggleTheme } from '@/components/shell/theme';
import { useModal } from '@/components/ui/use-modal';

interface PaletteProps {
  onClose: () => void;
  onHelp: () => void;
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

/** Find, go to, or do. Filters as you type; Enter runs what is marked. */
export function Palette({ onClose, onHelp }: PaletteProps) {
  const modal = useModal(onClose);
  const [typed, setTyped] = useState('');
  const [marked, setMarked] = useState('');
  const router = useRouter();
  const go = (href: string) => {
    onClose();
    router.push(href);
  };
  return (
    <dialog {...modal} className="dialog palette" aria-label="Find, go to or do">
      <Command
        loop
        filter={rank}
        value={marked}
        onValueChange={setMarked}
        label="Find, go to or do"
        className="flex min-h-0 flex-col"
      >
        <Command.Input
          data-autofocus
          value={typed}
          onValueChange={setTyped}
          maxLength={MOST_TYPED}
          placeholder="A job’s id, an error, a queue, a page, something to do…"
          className="h-11 border-line border-b bg-transparent px-4 outline-none placeholder:text-ink-3"
        />
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
          <QueueItems go={go} onClose={onClose} />
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
    </dialog>
  );
}
