'use client';

import { Ago, DayClock } from '@/components/ui/time';
import { useSettled } from '@/components/ui/use-settled';
import { describeError } from '@/lib/client/http/problem-error';
import { type Timing, useNextRuns } from '@/lib/client/schedulers';

const SETTLE_MS = 220;

interface NextRunsProps {
  timing: Timing | null;
}

/** The schedule in words and its next ten runs, while it is typed; or what is wrong with it, and where. */
export function NextRuns({ timing }: NextRunsProps) {
  // As text: a new object of the same content is no change.
  const settled = useSettled(JSON.stringify(timing), SETTLE_MS);
  const { data, error } = useNextRuns(JSON.parse(settled) as Timing | null);
  const fault = data?.fault;
  return (
    <section className="rounded-md border border-line bg-sunken px-3 py-2.5" aria-label="Next runs" aria-live="polite">
      {!timing && <span className="muted">Say when it runs.</span>}
      {timing && error && <span className="field-error">{describeError(error)}</span>}
      {timing && !error && fault && (
        <div className="grid gap-1">
          <span className="field-error">
            {fault.field ? `${fault.field}: ` : ''}
            {fault.message}
          </span>
          {fault.start !== null && fault.end !== null && timing.pattern && fault.path === 'pattern' && (
            <code className="mono">
              {timing.pattern.slice(0, fault.start)}
              <mark className="rounded-sm bg-failed/20 text-failed-ink underline">
                {timing.pattern.slice(fault.start, fault.end)}
              </mark>
              {timing.pattern.slice(fault.end)}
            </code>
          )}
        </div>
      )}
      {timing && !error && data && !fault && (
        <div className="grid gap-1.5">
          {data.words && <b className="font-[550]">{data.words}</b>}
          {data.runs.length === 0 ? (
            <span className="field-error">It would never run.</span>
          ) : (
            <ol className="m-0 grid list-none grid-cols-2 gap-x-6 p-0 max-sm:grid-cols-1">
              {data.runs.map((at) => (
                <li key={at} className="flex gap-2">
                  <DayClock at={at} />
                  <span className="faint">
                    <Ago at={at} />
                  </span>
                </li>
              ))}
            </ol>
          )}
          {data.runs.length > 0 && data.ends && <span className="faint">Then it ends.</span>}
        </div>
      )}
      {timing && !error && !data && <span className="muted">Looking for the next runs…</span>}
    </section>
  );
}
