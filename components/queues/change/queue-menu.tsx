'use client';

import { lazy, Suspense, useState } from 'react';
import { Button } from '@/components/ui/button';
import { DialogComing } from '@/components/ui/dialog-coming';
import { Menu } from '@/components/ui/menu';
import type { Queue } from '@/lib/contracts/queues';
import type { VerbName } from '@/lib/contracts/routes';

const sweeps = () => import('@/components/queues/change/sweep-dialogs');
const DIALOGS = {
  drain: lazy(() => sweeps().then((file) => ({ default: file.DrainDialog }))),
  clean: lazy(() => sweeps().then((file) => ({ default: file.CleanDialog }))),
  obliterate: lazy(() => sweeps().then((file) => ({ default: file.ObliterateDialog }))),
  orphans: lazy(() => sweeps().then((file) => ({ default: file.OrphansDialog }))),
  trim: lazy(() =>
    import('@/components/queues/change/trim-dialog').then((file) => ({ default: file.TrimEventsDialog })),
  ),
  limits: lazy(() =>
    import('@/components/queues/change/limits-dialog').then((file) => ({ default: file.LimitsDialog })),
  ),
};

/** The queue's limits, and what is done to it seldom; what cannot be done says why. */
export function QueueMenu({ queue }: { queue: Queue }) {
  const [asked, setAsked] = useState<keyof typeof DIALOGS | null>(null);
  const item = (id: keyof typeof DIALOGS, verb: VerbName, label: string) => ({
    id,
    label,
    blocked: queue.can.includes(verb) ? null : (queue.cannot[verb] ?? 'Not possible now.'),
    onChoose: () => setAsked(id),
  });
  const Change = asked && DIALOGS[asked];
  return (
    <>
      <Button onClick={() => setAsked('limits')}>Limits</Button>
      <Menu
        label="More for this queue"
        items={[
          {
            id: 'meta',
            label: 'Export settings and counts',
            blocked: queue.can.includes('queue.meta') ? null : (queue.cannot['queue.meta'] ?? 'Not possible now.'),
            onChoose: () =>
              void import('@/components/queues/change/export-meta').then((file) => file.exportMeta(queue)),
          },
          item('trim', 'queue.trim-events', 'Trim events…'),
          item('orphans', 'queue.remove-orphans', 'Remove orphans…'),
          { ...item('clean', 'queue.clean', 'Clean…'), apart: true, danger: true },
          { ...item('drain', 'queue.drain', 'Drain…'), danger: true },
          { ...item('obliterate', 'queue.obliterate', 'Obliterate…'), danger: true },
        ]}
      />
      <Suspense fallback={<DialogComing onClose={() => setAsked(null)} />}>
        {Change && <Change queue={queue} onClose={() => setAsked(null)} />}
      </Suspense>
    </>
  );
}
