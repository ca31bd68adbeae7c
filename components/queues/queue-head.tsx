'use client';

import { lazy, Suspense, useState } from 'react';
import { QueueMenu } from '@/components/queues/change/queue-menu';
import { usePause } from '@/components/queues/change/use-pause';
import { HealthPills } from '@/components/queues/health/health-mark';
import { PausedBy } from '@/components/queues/paused-by';
import { PageLink } from '@/components/shell/nav/page-link';
import { isLost } from '@/components/sources/source-status';
import { Button } from '@/components/ui/button';
import { DialogComing } from '@/components/ui/dialog-coming';
import { Visible } from '@/components/ui/visible';
import { metricsHref } from '@/lib/client/http/url';
import { useSources } from '@/lib/client/sources';
import type { Queue } from '@/lib/contracts/queues';
import { formatCount, formatDuration, formatPlural } from '@/lib/format';
import { toVisible } from '@/lib/format/visible';

const AddJobDialog = lazy(() =>
  import('@/components/tasks/add-job-dialog').then((file) => ({ default: file.AddJobDialog })),
);

const PauseDialog = lazy(() =>
  import('@/components/queues/change/pause-dialog').then((file) => ({ default: file.PauseDialog })),
);

export function QueueHead({ queue }: { queue: Queue }) {
  const [adding, setAdding] = useState(false);
  const status = useSources().data?.items.find(({ name }) => name === queue.source)?.status;
  const away = status !== undefined && isLost(status);
  return (
    <div className="head">
      <h1 className="clip" title={toVisible(queue.name)}>
        <Visible text={queue.name} />
      </h1>
      <HealthPills queue={queue} away={away} />
      {queue.paused && <PausedBy pause={queue.pause} />}
      <span className="muted tnum">{describeQueue(queue)}</span>
      <div className="acts">
        <PageLink className="btn" href={metricsHref(queue.source, queue.name)}>
          Metrics
        </PageLink>
        <PauseButton queue={queue} />
        <QueueMenu queue={queue} />
        <Button
          look="primary"
          blocked={queue.can.includes('job.add') ? null : (queue.cannot['job.add'] ?? 'Jobs cannot be added here')}
          onClick={() => setAdding(true)}
        >
          Add job
        </Button>
      </div>
      <Suspense fallback={<DialogComing onClose={() => setAdding(false)} />}>
        {adding && <AddJobDialog source={queue.source} queue={queue.name} onClose={() => setAdding(false)} />}
      </Suspense>
    </div>
  );
}

function PauseButton({ queue }: { queue: Queue }) {
  const { change, isPending } = usePause();
  const [asking, setAsking] = useState(false);
  const { source, name, paused } = queue;
  const verb = paused ? 'queue.resume' : 'queue.pause';
  const isAllowed = queue.can.includes(verb) || queue.can.includes(paused ? 'queue.pause' : 'queue.resume');
  const close = () => setAsking(false);
  return (
    <>
      <Button
        busy={isPending}
        blocked={isAllowed ? null : (queue.cannot[verb] ?? 'This queue cannot be paused from here')}
        onClick={() =>
          paused ? void change({ source, queue: name, paused: false }, queue.pause?.reason) : setAsking(true)
        }
      >
        {paused ? 'Resume' : 'Pause'}
      </Button>
      <Suspense fallback={<DialogComing onClose={close} />}>
        {asking && <PauseDialog source={source} queue={name} onClose={close} />}
      </Suspense>
    </>
  );
}

/** `2 workers · 16 of 16 slots busy · limit 50 per 1.0 s`. */
export function describeQueue({ workers, slots, busy, concurrency, rateLimit }: Queue): string {
  const parts = [
    workers === 0 ? 'no worker connected' : workers === null ? 'workers unknown' : formatPlural(workers, 'worker'),
  ];
  if (slots !== null && workers !== 0) parts.push(`${formatCount(busy)} of ${formatCount(slots)} slots busy`);
  if (concurrency !== null) parts.push(`at most ${formatCount(concurrency)} at once`);
  if (rateLimit) parts.push(`limit ${formatCount(rateLimit.max)} per ${formatDuration(rateLimit.durationMs)}`);
  return parts.join(' · ');
}
