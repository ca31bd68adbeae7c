'use client';

import { Pill } from '@/components/queues/state-mark';
import { PageLink } from '@/components/shell/nav/page-link';
import { Ago } from '@/components/ui/time';
import { Visible } from '@/components/ui/visible';
import { queueHref } from '@/lib/client/http/url';
import type { SourceDetail } from '@/lib/contracts/source-detail';
import type { SourceWorker } from '@/lib/contracts/sources';
import { formatPlural } from '@/lib/format';

/** Whether Queuedeck's own worker is on this broker, and what it does on each queue that has tasks. */
export function WorkerCard({ source }: { source: Pick<SourceDetail, 'name' | 'worker'> }) {
  const { name, worker } = source;
  return (
    <section className="card" aria-labelledby="worker-title">
      <header>
        <h2 id="worker-title">Our worker</h2>
        <div className="r tnum">{worker && <Processes count={worker.processes} />}</div>
      </header>
      {worker === null && (
        <div className="grid gap-1.5 px-[14px] py-[11px]">
          <p className="m-0">It is not here: this broker is only watched. No job is taken from it.</p>
          <p className="muted m-0 [overflow-wrap:anywhere]">
            Asked for by <code className="mono">QUEUEDECK_WORKER={name}</code>, or{' '}
            <code className="mono">"worker": true</code> in its entry.
          </p>
        </div>
      )}
      {worker && worker.queues.length === 0 && (
        <p className="muted m-0 px-[14px] py-[11px]">
          {worker.processes === null
            ? 'What it does is not known while the store is away.'
            : 'None of its processes runs. Jobs of its tasks wait until one does.'}
        </p>
      )}
      {worker && worker.queues.length > 0 && (
        <ul className="m-0 list-none p-0">
          {worker.queues.map((queue) => (
            <QueueRow key={queue.queue} source={name} told={queue} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Processes({ count }: { count: number | null }) {
  if (count === 0)
    return (
      <Pill tone="failed" small>
        Not running
      </Pill>
    );
  return count === null ? '—' : formatPlural(count, 'process', 'processes');
}

function QueueRow({ source, told }: { source: string; told: SourceWorker['queues'][number] }) {
  const { queue, state, reason, since } = told;
  return (
    <li className="grid gap-1 border-line border-b px-[14px] py-2 last:border-0" data-queue={queue}>
      <div className="flex items-center gap-2.5">
        <PageLink className="name clip font-[550] hover:underline" href={queueHref(source, queue)}>
          <Visible text={queue} />
        </PageLink>
        <span className="faint ml-auto flex-none">
          <Ago at={since} />
        </span>
        <Pill tone={state === 'works' ? 'completed' : 'paused'} small>
          {state === 'works' ? 'Works' : 'Left alone'}
        </Pill>
      </div>
      {reason && (
        <p className="muted m-0 [overflow-wrap:anywhere]">
          <Visible text={reason} />
        </p>
      )}
    </li>
  );
}
