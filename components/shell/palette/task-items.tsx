'use client';

import { Command } from 'cmdk';
import { GROUP, ITEM } from '@/components/shell/palette/looks';
import { taskHref } from '@/lib/client/http/url';
import { sourceOf, useTasks } from '@/lib/client/tasks';

/** To the form of each task. */
export function TaskItems({ go }: { go: (href: string) => void }) {
  const tasks = useTasks().data?.items ?? [];
  if (tasks.length === 0) return null;
  return (
    <Command.Group heading="Enqueue" className={GROUP}>
      {tasks.map((task) => (
        <Command.Item
          key={`${task.name} ${task.source}`}
          className={ITEM}
          value={`enqueue ${task.name} ${task.title} ${sourceOf(task, tasks) ?? ''}`.trimEnd()}
          onSelect={() => go(taskHref(task.name, sourceOf(task, tasks)))}
        >
          <span className="clip">{task.title}</span>
          <span className="mono faint ml-auto flex-none">{sourceOf(task, tasks) ?? task.name}</span>
        </Command.Item>
      ))}
    </Command.Group>
  );
}
