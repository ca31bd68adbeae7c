'use client';

import { Slots } from '@/components/queues/slots';
import { PageLink } from '@/components/shell/nav/page-link';
import { Ago, Running, Since } from '@/components/ui/time';
import { Visible } from '@/components/ui/visible';
import { nameWorker } from '@/components/workers/name-worker';
import { WorkerActions } from '@/components/workers/worker-actions';
import { jobHref, queueHref } from '@/lib/client/http/url';
import type { Worker, WorkerRow } from '@/lib/contracts/workers';
import { formatBytes, formatCount, formatShare } from '@/lib/format';
import { toVisible } from '@/lib/format/visible';

export function WorkerTable({ workers }: { workers: WorkerRow[] }) {
  const rows = workers.toSorted((a, b) => nameWorker(a).localeCompare(nameWorker(b), 'en', { numeric: true }));
  return (
    <div className="scroll-x">
      <table className="grid-table">
        <thead>
          <tr>
            <th>Worker</th>
            <th className="col-1">Queues</th>
            <th>Slots</th>
            <th className="col-1">Running now</th>
            <th className="num col-2">Done / min</th>
            <th className="num col-3">CPU</th>
            <th className="num col-3">Memory</th>
            <th className="col-3">Up</th>
            <th className="col-1">Beat</th>
            <th>
              <span className="sr-only">Action</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((worker) => (
            <Row key={`${worker.source} ${worker.id}`} worker={worker} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

const STATUS = { up: '', quiet: 'Quiet', stopping: 'Stopping', lost: 'Lost' };

function Row({ worker }: { worker: WorkerRow }) {
  const name = nameWorker(worker);
  const isLost = worker.status === 'lost';
  return (
    <tr className={isLost ? 'text-ink-3' : ''}>
      <td className="max-w-[240px]">
        <span className="flex items-center gap-2">
          <span className="name mono clip" title={toVisible(worker.version ? `${name}, ${worker.version}` : name)}>
            <Visible text={name} />
          </span>
          {worker.status !== 'up' && (
            <span className={`pill small ${isLost ? 'failed' : 'paused'}`}>
              <span className="dot" />
              {STATUS[worker.status]}
            </span>
          )}
        </span>
      </td>
      <td className="col-1 max-w-[220px]">
        <QueueLinks worker={worker} />
      </td>
      <td>
        <Slots slots={worker.slots} busy={worker.busy} />
      </td>
      <td className="col-1">
        <RunningJobs worker={worker} />
      </td>
      <td className="num col-2">{formatCount(worker.donePerMinute)}</td>
      <td className="num col-3">{formatShare(worker.cpu)}</td>
      <td className="num col-3">{formatBytes(worker.memoryBytes)}</td>
      <td className="col-3 muted">{worker.startedAt ? <Since at={worker.startedAt} /> : '—'}</td>
      <td className={`col-1 ${isLost ? 'bad' : 'muted'}`}>
        {worker.beatAt ? (
          <Ago at={worker.beatAt} />
        ) : (
          <span title="It does not carry the control module: only its connection is known">—</span>
        )}
      </td>
      <td className="num">
        <WorkerActions worker={worker} />
      </td>
    </tr>
  );
}

function QueueLinks({ worker }: { worker: Worker }) {
  return (
    <span className="clip block" title={toVisible(worker.queues.join(', '))}>
      {worker.queues.map((queue, at) => (
        <span key={queue}>
          {at > 0 && ', '}
          <PageLink className="hover:underline" href={queueHref(worker.source, queue)}>
            <Visible text={queue} />
          </PageLink>
        </span>
      ))}
    </span>
  );
}

function RunningJobs({ worker }: { worker: Worker }) {
  if (worker.running === null) return <span className="faint">—</span>;
  const [first] = worker.running;
  if (!first) return <span className="faint">idle</span>;
  const others = (worker.busy ?? worker.running.length) - 1;
  return (
    <span className="inline-flex items-center gap-1.5">
      <PageLink
        className="chip hover:underline"
        href={jobHref(worker.source, first.queue, first.id)}
        title={toVisible(`${first.name} ${first.id}`)}
      >
        <span className="clip">
          <Visible text={first.name} />
        </span>
        <b>
          <Running at={first.startedAt} />
        </b>
      </PageLink>
      {others > 0 && <span className="faint tnum">+{formatCount(others)}</span>}
    </span>
  );
}
