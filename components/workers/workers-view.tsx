'use client';

import { Button } from '@/components/ui/button';
import { Empty } from '@/components/ui/empty';
import { ProblemNotice } from '@/components/ui/problem';
import { SkeletonRows } from '@/components/ui/skeleton';
import { useParams } from '@/components/ui/use-param';
import { ByQueueTable } from '@/components/workers/by-queue-table';
import { WorkerTable } from '@/components/workers/worker-table';
import { describeError } from '@/lib/client/http/problem-error';
import { useWorkers } from '@/lib/client/workers';
import type { Worker } from '@/lib/contracts/workers';
import { formatCount } from '@/lib/format';

export function WorkersView() {
  const { data, error, refetch } = useWorkers();
  const { params, linkTo } = useParams();
  const byQueue = params.get('by') === 'queue';
  return (
    <div className="page">
      <div className="head">
        <h1>Workers</h1>
        {data && <span className="muted tnum">{describeWorkers(data.items)}</span>}
        <nav className="seg ml-auto" aria-label="Group workers">
          <a {...linkTo({ by: null })} aria-current={byQueue ? undefined : 'true'}>
            By worker
          </a>
          <a {...linkTo({ by: 'queue' })} aria-current={byQueue ? 'true' : undefined}>
            By queue
          </a>
        </nav>
      </div>
      {!data && error ? (
        <ProblemNotice title="The workers could not be read" detail={describeError(error)}>
          <Button small onClick={() => void refetch()}>
            Try again
          </Button>
        </ProblemNotice>
      ) : (
        <section className="card" aria-label="Workers">
          {!data && <SkeletonRows rows={5} columns={7} />}
          {data?.items.length === 0 && <NoWorkers />}
          {data &&
            data.items.length > 0 &&
            (byQueue ? <ByQueueTable workers={data.items} /> : <WorkerTable workers={data.items} />)}
        </section>
      )}
    </div>
  );
}

export function describeWorkers(workers: Worker[]): string {
  const up = workers.filter((worker) => worker.status !== 'lost');
  const telling = up.filter((worker) => worker.slots !== null);
  const parts = [`${formatCount(up.length)} connected`];
  if (telling.length > 0) {
    const busy = telling.reduce((sum, worker) => sum + (worker.busy ?? 0), 0);
    const slots = telling.reduce((sum, worker) => sum + (worker.slots ?? 0), 0);
    parts.push(`${formatCount(busy)} of ${formatCount(slots)} slots busy`);
  }
  if (telling.length < up.length)
    parts.push(`${formatCount(up.length - telling.length)} tell nothing about themselves`);
  if (up.length < workers.length) parts.push(`${formatCount(workers.length - up.length)} lost`);
  return parts.join(' · ');
}

function NoWorkers() {
  return (
    <Empty title="No worker is connected">
      <span>Jobs wait until one is. A BullMQ worker appears here as soon as it connects to a watched broker.</span>
      <span>
        With the control module attached it also tells its slots, its running jobs and its load, and lets jobs be
        cancelled:
      </span>
      <pre>{"import { attachControl } from 'queuedeck/control';\n\nconst control = attachControl(worker);"}</pre>
    </Empty>
  );
}
