'use client';

import { Visible } from '@/components/ui/visible';
import type { JobWhy, Why, WhyCode } from '@/lib/contracts/why';
import { formatCount } from '@/lib/format';

const TONES: Partial<Record<WhyCode, string>> = {
  moving: 'completed',
  running: 'active',
  idle: 'waiting',
  ended: 'waiting',
  delayed: 'delayed',
  'waiting-children': 'waiting-children',
  'behind-prioritized': 'prioritized',
  'behind-waiting': 'waiting',
  paused: 'paused',
  'workers-quiet': 'paused',
  'rate-limited': 'paused',
  'global-concurrency': 'paused',
  'slots-busy': 'active',
  'no-worker': 'failed',
  'broker-slow': 'failed',
  stalled: 'failed',
  'children-failed': 'failed',
};

/** Why it does not move, or how it does: one sentence, and the figures behind it on demand. */
export function WhyLine({ why }: { why: Why | JobWhy }) {
  const figures = Object.entries(why.figures).filter(([, value]) => value !== null);
  const hasMore = why.others.length > 0 || figures.length > 0;
  return (
    <div className={`whyline ${TONES[why.code] ?? 'unknown'}`} data-why={why.code}>
      <span className="dot" />
      <div className="flex min-w-0 flex-wrap items-baseline gap-x-2.5 gap-y-1">
        <b role="status">
          <Visible text={why.sentence} />
        </b>
        {hasMore && (
          <details className="min-w-0">
            <summary className="cursor-pointer text-ink-3">
              {why.others.length > 0 ? `and ${formatCount(why.others.length)} more` : 'figures'}
            </summary>
            <div className="grid gap-1 pt-1.5">
              {why.others.map((cause) => (
                <div key={cause.code} className={`flex items-baseline gap-2 ${TONES[cause.code] ?? 'unknown'}`}>
                  <span className="dot" />
                  <span>
                    <Visible text={cause.sentence} />
                  </span>
                </div>
              ))}
              <dl className="m-0 flex flex-wrap gap-x-4 gap-y-1 text-[12px]">
                {figures.map(([name, value]) => (
                  <div key={name} className="flex gap-1.5">
                    <dt className="faint">{nameFigure(name)}</dt>
                    <dd className="tnum m-0">{showFigure(value)}</dd>
                  </div>
                ))}
              </dl>
            </div>
          </details>
        )}
      </div>
    </div>
  );
}

/** `arrivalPerMinute` → `arrival per minute`. */
const nameFigure = (name: string) => name.replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
const showFigure = (value: unknown) => (typeof value === 'number' ? formatCount(value) : String(value));
