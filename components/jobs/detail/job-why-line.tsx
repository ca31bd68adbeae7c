'use client';

import { PageLink } from '@/components/shell/nav/page-link';
import { Visible } from '@/components/ui/visible';
import { WhyLine } from '@/components/why/why-line';
import { jobHref } from '@/lib/client/http/url';
import type { JobAddress } from '@/lib/client/jobs';
import { useJobWhy } from '@/lib/client/why';
import type { JobState } from '@/lib/contracts/states';

/** Why this job is not done yet; nothing for one that has ended. */
export function JobWhyLine({ address, state }: { address: JobAddress; state: JobState }) {
  const { data: why } = useJobWhy(address, state);
  if (state === 'completed' || state === 'failed') return null;
  // One line keeps its place until the answer is there.
  if (!why || why.code === 'ended') return <div className="whyline h-[19px]" />;
  return (
    <div className="grid gap-1.5">
      <WhyLine why={why} />
      {why.waitsFor.length > 0 && (
        <ul className="clauses" aria-label="Waits for">
          {why.waitsFor.slice(0, 8).map(({ queue, id, name, state: its }) => (
            <li key={`${queue} ${id}`} className={`chip ${its === 'failed' ? 'failed' : ''}`} title={its ?? 'gone'}>
              {its === 'failed' && <span className="dot" />}
              <PageLink className="clip hover:underline" href={jobHref(address.source, queue, id)}>
                <Visible text={name ?? id} />
              </PageLink>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
