'use client';

import { lazy, Suspense, useState } from 'react';
import { QueueMenu } from '@/components/queues/change/queue-menu';
import { HealthPills } from '@/components/queues/health/health-mark';
import { PageLink } from '@/components/shell/nav/page-link';
import { isLost } from '@/components/sources/source-status';
import { Button } from '@/components/ui/button';
import { showToast } from '@/components/ui/toast/toast-store';
import { Visible } from '@/components/ui/visible';
import { describeError } from '@/lib/client/http/problem-error';
import { metricsHref } from '@/lib/client/http/url';
import { usePauseQueue } from '@/lib/client/queues';
import { useSources } from '@/lib/client/sources';
import type { Queue } from '@/lib/contracts/queues';
import { formatCount, formatDuration, formatPlural } from '@/lib/format';
import { toVisible } from '@/lib/format/visible';

const AddJobDialog = lazy(() =>
  import('@/components/tasks/add-job-dialog').then((file) => ({ default: file.AddJobDialog })),
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
      <Suspense>
        {adding && <AddJobDialog source={queue.source} queue={queue.name} onClose={() => setAdding(false)} />}
      </Suspense>
    </div>
  );
}

function PauseButton({ queue }: { queue: Queue }) {
  const pause = usePauseQueue(queue.source, queue.name);
  const next = !queue.paused;
  const verb = next ? 'queue.pause' : 'queue.resume';
  const isAllowed = queue.can.includes(verb) || queue.can.includes(next ? 'queue.resume' : 'queue.pause');
  return (
    <Button
      busy={pause.isPending}
      blocked={isAllowed ? null : (queue.cannot[verb] ?? 'This queue cannot be paused from here')}
      onClick={() =>
        pause.mutate(next, {
          onSuccess: () =>
            showToast({
              tone: 'done',
              title: next ? `${queue.name} is paused` : `${queue.name} is running again`,
              detail: next ? 'Jobs that run now end; no new one begins until it is resumed.' : undefined,
            }),
          onError: (error) =>
            showToast({ tone: 'failed', title: `${queue.name} was not changed`, detail: describeError(error) }),
        })
      }
    >
      {queue.paused ? 'Resume' : 'Pause'}
    </Button>
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
