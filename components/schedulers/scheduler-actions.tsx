'use client';

import { useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { Button } from '@/components/ui/button';
import { DialogComing } from '@/components/ui/dialog-coming';
import { Menu } from '@/components/ui/menu';
import { showToast } from '@/components/ui/toast/toast-store';
import { Visible } from '@/components/ui/visible';
import { call } from '@/lib/client/call';
import { describeError } from '@/lib/client/http/problem-error';
import { jobHref } from '@/lib/client/http/url';
import { keys } from '@/lib/client/query-keys';
import type { VerbName } from '@/lib/contracts/routes';
import type { SchedulerRow } from '@/lib/contracts/schedulers';
import { toVisible } from '@/lib/format/visible';

const Confirm = lazy(() => import('@/components/ui/confirm').then((file) => ({ default: file.Confirm })));

interface SchedulerActionsProps {
  row: SchedulerRow;
  onEdit: () => void;
}

/** Run now, and the menu. */
export function SchedulerActions({ row, onEdit }: SchedulerActionsProps) {
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [asked, setAsked] = useState(false);
  const address = { source: row.source, queue: row.queue, scheduler: row.id };
  const refuse = (verb: VerbName) => (row.can.includes(verb) ? null : (row.cannot[verb] ?? 'Not possible now.'));
  const run = async (title: string, change: () => Promise<Parameters<typeof showToast>[0]>) => {
    setBusy(true);
    try {
      showToast(await change());
    } catch (error) {
      showToast({ tone: 'failed', title: `${title} did not work: ${row.id}`, detail: describeError(error) });
    }
    await client.invalidateQueries({ queryKey: keys.allSchedulers() });
    setBusy(false);
  };
  const runNow = () =>
    run('Run now', async () => {
      const { source, queue, id } = await call('scheduler.run', address);
      return {
        tone: 'done',
        title: `Added ${row.name ?? id}`,
        href: jobHref(source, queue, id),
        hrefLabel: 'Open job',
      };
    });
  const pause = (next: boolean) =>
    run(next ? 'Pause' : 'Resume', async () => {
      await call(next ? 'scheduler.pause' : 'scheduler.resume', address);
      return { tone: 'done', title: next ? `${row.id} is paused` : `${row.id} runs again` };
    });
  const remove = () =>
    run('Remove', async () => {
      await call('scheduler.remove', address);
      return { tone: 'done', title: `${row.id} is removed` };
    });
  const pauseVerb = row.paused ? 'scheduler.resume' : 'scheduler.pause';
  return (
    <span className="inline-flex items-center gap-1">
      <Button
        small
        look="ghost"
        busy={busy}
        className="max-sm:hidden"
        blocked={refuse('scheduler.run')}
        aria-label={`Run ${toVisible(row.id)} now`}
        onClick={() => void runNow()}
      >
        Run now
      </Button>
      <Menu
        small
        label={`More for ${row.id}`}
        items={[
          { id: 'run', label: 'Run now', blocked: refuse('scheduler.run'), onChoose: () => void runNow() },
          { id: 'edit', label: 'Edit…', blocked: refuse('scheduler.put'), onChoose: onEdit },
          {
            id: 'pause',
            label: row.paused ? 'Resume' : 'Pause',
            blocked: refuse(pauseVerb),
            onChoose: () => void pause(!row.paused),
          },
          {
            id: 'remove',
            label: 'Remove…',
            danger: true,
            apart: true,
            blocked: refuse('scheduler.remove'),
            onChoose: () => setAsked(true),
          },
        ]}
      />
      <Suspense fallback={<DialogComing onClose={() => setAsked(false)} />}>
        {asked && (
          <Confirm
            title="Remove this scheduler?"
            action="Remove it"
            danger
            onConfirm={remove}
            onClose={() => setAsked(false)}
          >
            <p className="mono m-0 [overflow-wrap:anywhere]">
              <Visible text={row.id} />
            </p>
            <p className="muted m-0">
              Its next run goes too; runs that have begun or ended stay. To stop it for a while, pause it.
            </p>
          </Confirm>
        )}
      </Suspense>
    </span>
  );
}
