'use client';

import { Command } from 'cmdk';
import { useEffect, useEffectEvent } from 'react';
import { GROUP, ITEM } from '@/components/shell/palette/looks';
import { useSettled } from '@/components/ui/use-settled';
import { Visible } from '@/components/ui/visible';
import { groupHref, jobHref, searchHref } from '@/lib/client/http/url';
import { toQuery, useQuickFind } from '@/lib/client/quick-find';
import { recordedLabel, recordedTone } from '@/lib/client/recorded-states';
import type { FoundJob } from '@/lib/contracts/search';
import { formatCount } from '@/lib/format';

/** What the values of these items begin with: they fit whatever was typed. */
export const FOUND = '\u0000found ';
/** Of the item that searches everything. */
export const EVERYTHING = `${FOUND}everything `;
const SETTLE_MS = 180;

interface FoundProps {
  typed: string;
  go: (href: string) => void;
}

/** Found for what was typed, once the typing rests; nothing for what was typed before. */
function useFound(typed: string) {
  const text = typed.trim();
  const settled = useSettled(text, SETTLE_MS);
  const { jobs, groups } = useQuickFind(settled);
  return settled === text ? { text, jobs, groups } : { text, jobs: [], groups: [] };
}

const itemOf = (job: FoundJob) => `${FOUND}${job.source} ${job.queue} ${job.id}`;

/** Jobs of that id, or what a query finds. `onFound`: with the value of the first, once it is there. */
export function FoundJobItems({ typed, go, onFound }: FoundProps & { onFound: (value: string) => void }) {
  const { jobs } = useFound(typed);
  const first = jobs[0] && itemOf(jobs[0]);
  const tell = useEffectEvent(onFound);
  useEffect(() => {
    if (first !== undefined) tell(first);
  }, [first]);
  if (jobs.length === 0) return null;
  return (
    <Command.Group heading="Jobs" className={GROUP}>
      {jobs.map((job) => (
        <Command.Item
          key={`${job.source} ${job.queue} ${job.id}`}
          className={ITEM}
          value={itemOf(job)}
          onSelect={() => go(jobHref(job.source, job.queue, job.id))}
        >
          <span className={`state ${recordedTone(job)} flex-none`}>
            <span className="dot" />
          </span>
          <span className="mono clip">
            <Visible text={job.id} />
          </span>
          <span className="clip text-ink-2">
            <Visible text={job.name} />
          </span>
          <span className="faint clip ml-auto max-w-52 flex-none">
            {recordedLabel(job)} · <Visible text={job.queue} />
          </span>
        </Command.Item>
      ))}
    </Command.Group>
  );
}

/** Failures that say so, and the way to all jobs. */
export function FoundElsewhere({ typed, go }: FoundProps) {
  const { text, groups } = useFound(typed);
  if (text === '') return null;
  return (
    <>
      {groups.length > 0 && (
        <Command.Group heading="Failures" className={GROUP}>
          {groups.map((group) => (
            <Command.Item
              key={group.id}
              className={ITEM}
              value={`${FOUND}group ${group.id}`}
              onSelect={() => go(groupHref(group.id))}
            >
              <span className="state failed flex-none">
                <span className="dot" />
              </span>
              <span className="mono clip">
                <Visible text={group.message.split('\n', 1)[0]} />
              </span>
              <span className="faint num ml-auto flex-none">{formatCount(group.total)}</span>
            </Command.Item>
          ))}
        </Command.Group>
      )}
      <Command.Group heading="Search" className={GROUP}>
        <Command.Item className={ITEM} value={EVERYTHING + text} onSelect={() => go(searchHref(toQuery(text)))}>
          <span className="clip">
            Search all jobs for{' '}
            <b className="font-[550]">
              <Visible text={text} />
            </b>
          </span>
        </Command.Item>
      </Command.Group>
    </>
  );
}
