import { PageLink } from '@/components/shell/nav/page-link';
import { queueHref, sourceHref } from '@/lib/client/http/url';
import type { Task } from '@/lib/contracts/tasks';
import { formatCount, formatDuration } from '@/lib/format';

export function TaskFacts({ task }: { task: Task }) {
  return (
    <section className="card" aria-label="About this task">
      <p className="m-0 px-[14px] pt-3">{task.description}</p>
      <dl className="facts">
        <div>
          <dt>Source</dt>
          <dd>
            <PageLink className="link" href={sourceHref(task.source)}>
              {task.source}
            </PageLink>
          </dd>
        </div>
        <div>
          <dt>Queue</dt>
          <dd>
            <PageLink className="link" href={queueHref(task.source, task.queue)}>
              {task.queue}
            </PageLink>
          </dd>
        </div>
        <div>
          <dt>Attempts</dt>
          <dd>{formatCount(task.attempts)}</dd>
        </div>
        <div>
          <dt>Timeout</dt>
          <dd>{task.timeoutMs === null ? 'none' : formatDuration(task.timeoutMs)}</dd>
        </div>
        <div>
          <dt>At once</dt>
          <dd>{formatCount(task.concurrency)} in each worker</dd>
        </div>
      </dl>
    </section>
  );
}
