import { Elsewhere } from '@/components/flows/elsewhere';
import { StateMark } from '@/components/queues/state-mark';
import { PageLink } from '@/components/shell/nav/page-link';
import { Visible } from '@/components/ui/visible';
import { flowHref, jobHref } from '@/lib/client/http/url';
import type { Job } from '@/lib/contracts/jobs';
import { formatPlural } from '@/lib/format';
import { toVisible } from '@/lib/format/visible';

/** Who waits for this job, and whom it waits for. */
export function FlowCard({ job }: { job: Job }) {
  const { parent, parentKey, children } = job;
  const hasParent = parent !== null || parentKey !== null;
  if (!hasParent && !children) return null;
  const more = children ? children.total - children.items.length - children.elsewhere.length : 0;
  return (
    <section className="card" aria-labelledby="flow-title">
      <header>
        <h2 id="flow-title">Flow</h2>
        <div className="r tnum">
          {children && formatPlural(children.total, 'child', 'children')}
          <PageLink className="link" href={flowHref(job.source, job.queue, job.id)}>
            Tree
          </PageLink>
        </div>
      </header>
      <ul className="m-0 grid list-none gap-2 px-[14px] py-2.5">
        {parent && (
          <li className="flex min-w-0 items-center gap-2">
            <span className="faint">Parent</span>
            <PageLink className="link clip" href={jobHref(job.source, parent.queue, parent.id)}>
              <Visible text={parent.queue} />:<Visible text={parent.id} />
            </PageLink>
          </li>
        )}
        {parentKey !== null && (
          <li className="flex min-w-0 items-center gap-2">
            <span className="faint">Parent</span>
            <Elsewhere jobKey={parentKey} />
          </li>
        )}
        <li className={`flex min-w-0 items-center gap-2 ${hasParent ? 'pl-4' : ''}`}>
          <StateMark state={job.state} />
          <b className="clip font-[600]">
            <Visible text={job.name} />
          </b>
          <span className="faint flex-none">this job</span>
        </li>
        {children?.items.map((child) => (
          <li
            key={`${child.queue}:${child.id}`}
            className={`flex min-w-0 items-center gap-2 ${hasParent ? 'pl-8' : 'pl-4'}`}
          >
            {child.state ? <StateMark state={child.state} /> : <span className="faint">gone</span>}
            <PageLink
              className="link clip"
              href={jobHref(job.source, child.queue, child.id)}
              title={toVisible(`${child.queue}:${child.id}`)}
            >
              <Visible text={child.name ?? child.id} />
            </PageLink>
          </li>
        ))}
        {children?.elsewhere.map((key) => (
          <li key={key} className={`flex min-w-0 items-center gap-2 ${hasParent ? 'pl-8' : 'pl-4'}`}>
            <Elsewhere jobKey={key} />
          </li>
        ))}
        {more > 0 && <li className="faint pl-4">and {formatPlural(more, 'more', 'more')}</li>}
      </ul>
    </section>
  );
}
