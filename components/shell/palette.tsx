'use client';

import { Command } from 'cmdk';
import { useRouter } from 'next/navigation';
import { useEffect, useRef } from 'react';
import { NAV_ITEMS } from '@/components/shell/nav/nav-items';
import { toggleTheme } from '@/components/shell/theme';
import { showToast } from '@/components/ui/toast/toast-store';
import { call } from '@/lib/client/call';
import { describeError } from '@/lib/client/http/problem-error';
import { queueHref } from '@/lib/client/http/url';
import { useQueues } from '@/lib/client/queues';
import { useTasks } from '@/lib/client/tasks';

interface PaletteProps {
  onClose: () => void;
  onHelp: () => void;
}

const GROUP =
  '[&_[cmdk-group-heading]]:px-3 [&_[cmdk-group-heading]]:py-1.5 [&_[cmdk-group-heading]]:text-[11px] [&_[cmdk-group-heading]]:text-ink-3';
const ITEM = 'flex h-8 items-center gap-2 rounded-md px-3 cursor-pointer data-[selected=true]:bg-hover';

/** Go to, or do. Filters as you type; Enter runs what is marked. */
export function Palette({ onClose, onHelp }: PaletteProps) {
  const ref = useRef<HTMLDialogElement>(null);
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
      aria-label="Go to or do"
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onMouseDown={(event) => {
        if (event.target === ref.current) onClose();
      }}
    >
      <Command loop label="Go to or do" className="flex min-h-0 flex-col">
        <Command.Input
          autoFocus
          placeholder="Go to a page or queue, pause, enqueue…"
          className="h-11 border-line border-b bg-transparent px-4 outline-none placeholder:text-ink-3"
        />
        <Command.List className="max-h-[52vh] overflow-auto p-1.5">
          <Command.Empty className="px-3 py-6 text-center text-ink-2">Nothing here has that name.</Command.Empty>
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
        </Command.List>
      </Command>
    </dialog>
  );
}

function QueueItems({ go, onClose }: { go: (href: string) => void; onClose: () => void }) {
  const queues = useQueues().data?.items ?? [];
  const pause = async (source: string, queue: string, paused: boolean) => {
    onClose();
    try {
      await call(paused ? 'queue.pause' : 'queue.resume', { source, queue });
      showToast({
        tone: 'done',
        title: `${queue} is ${paused ? 'paused' : 'running again'}`,
        href: queueHref(source, queue),
        hrefLabel: 'Open queue',
      });
    } catch (error) {
      showToast({ tone: 'failed', title: `${queue} was not changed`, detail: describeError(error) });
    }
  };
  return (
    <>
      <Command.Group heading="Queues" className={GROUP}>
        {queues.map(({ source, name }) => (
          <Command.Item
            key={`${source} ${name}`}
            className={ITEM}
            value={`queue ${name} ${source}`}
            onSelect={() => go(queueHref(source, name))}
          >
            <span className="clip">{name}</span>
            <span className="faint ml-auto flex-none">{source}</span>
          </Command.Item>
        ))}
      </Command.Group>
      <Command.Group heading="Pause and resume" className={GROUP}>
        {queues
          .filter((queue) => queue.can.includes(queue.paused ? 'queue.resume' : 'queue.pause'))
          .map(({ source, name, paused }) => (
            <Command.Item
              key={`${source} ${name}`}
              className={ITEM}
              value={`${paused ? 'resume' : 'pause'} ${name} ${source}`}
              onSelect={() => void pause(source, name, !paused)}
            >
              <span className="clip">
                {paused ? 'Resume' : 'Pause'} {name}
              </span>
            </Command.Item>
          ))}
      </Command.Group>
    </>
  );
}

function TaskItems({ go }: { go: (href: string) => void }) {
  const tasks = useTasks().data?.items ?? [];
  if (tasks.length === 0) return null;
  return (
    <Command.Group heading="Enqueue" className={GROUP}>
      {tasks.map((task) => (
        <Command.Item
          key={task.name}
          className={ITEM}
          value={`enqueue ${task.name} ${task.title}`}
          onSelect={() => go(`/tasks/${encodeURIComponent(task.name)}`)}
        >
          <span className="clip">{task.title}</span>
          <span className="mono faint ml-auto flex-none">{task.name}</span>
        </Command.Item>
      ))}
    </Command.Group>
  );
}
