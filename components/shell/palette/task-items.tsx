'use client';

import { Command } from 'cmdk';
import { GROUP, ITEM } from '@/components/shell/palette/looks';
import { useTasks } from '@/lib/client/tasks';

/** To the form of each task. */
export function TaskItems({ go }: { go: (href: string) => void }) {
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
