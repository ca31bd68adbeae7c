'use client';

import { useLayoutEffect, useRef, useState } from 'react';
import { LINE_PX, splitLogLine, windowLines } from '@/components/jobs/log/log-window';
import { useJobLog } from '@/components/jobs/log/use-job-log';
import { Button } from '@/components/ui/button';
import { CopyButton } from '@/components/ui/copy-button';
import { Clock } from '@/components/ui/time';
import { Visible } from '@/components/ui/visible';
import { describeError } from '@/lib/client/http/problem-error';
import type { JobAddress } from '@/lib/client/jobs';
import type { JobState } from '@/lib/contracts/states';
import { formatCount, formatPlural } from '@/lib/format';

const LONGEST_LINE = 2_000;

export function LogCard({ address, state }: { address: JobAddress; state: JobState }) {
  const { log, error, readAll, isReading } = useJobLog(address);
  const [following, setFollowing] = useState(true);
  const lines = log?.lines ?? [];
  const isRunning = state === 'active';
  return (
    <section className="card" aria-labelledby="log-title">
      <header>
        <h2 id="log-title">Log</h2>
        <div className="r">
          {log && (
            <span className="tnum max-sm:hidden">
              {log.lines.length < log.total
                ? `${formatCount(log.lines.length)} of ${formatPlural(log.total, 'line')}`
                : formatPlural(log.total, 'line')}
            </span>
          )}
          {log && log.lines.length < log.total && !isReading && (
            <Button small look="ghost" onClick={readAll}>
              Read the rest
            </Button>
          )}
          {isRunning && (
            <Button small look="ghost" aria-pressed={following} onClick={() => setFollowing(!following)}>
              {following ? 'Following' : 'Follow'}
            </Button>
          )}
          {lines.length > 0 && <CopyButton small look="ghost" label="Copy" text={() => lines.join('\n')} />}
        </div>
      </header>
      {lines.length > 0 ? (
        <LogLines lines={lines} following={following && isRunning} onScrolledAway={() => setFollowing(false)} />
      ) : (
        <p className="muted m-0 px-[14px] py-3">
          {error ? `The log could not be read. ${describeError(error)}` : describeNone(state)}
        </p>
      )}
    </section>
  );
}

function describeNone(state: JobState): string {
  if (state === 'active') return 'No line yet. Lines appear here as the worker writes them.';
  if (state === 'completed' || state === 'failed') return 'The worker wrote no line.';
  return 'Lines appear here once it runs.';
}

interface LogLinesProps {
  lines: string[];
  following: boolean;
  onScrolledAway: () => void;
}

function LogLines({ lines, following, onScrolledAway }: LogLinesProps) {
  const ref = useRef<HTMLDivElement>(null);
  const [scroll, setScroll] = useState({ topPx: 0, heightPx: 420 });
  const { from, to } = windowLines(lines.length, scroll.topPx, scroll.heightPx);
  useLayoutEffect(() => {
    const box = ref.current;
    if (following && box && lines.length > 0) box.scrollTop = box.scrollHeight;
  }, [following, lines.length]);
  return (
    <div
      ref={ref}
      className="log"
      role="log"
      aria-label="Log lines"
      aria-live="off"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
      tabIndex={0}
      onWheel={(event) => {
        if (event.deltaY < 0) onScrolledAway();
      }}
      onScroll={({ currentTarget: box }) => setScroll({ topPx: box.scrollTop, heightPx: box.clientHeight })}
    >
      <div style={{ height: lines.length * LINE_PX, paddingTop: from * LINE_PX, boxSizing: 'border-box' }}>
        {lines.slice(from, to).map((line, offset) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line's number is its identity
          <LogLine key={from + offset} line={line} />
        ))}
      </div>
    </div>
  );
}

function LogLine({ line }: { line: string }) {
  const { at, text } = splitLogLine(line);
  const flat = text.replaceAll('\n', '⏎ ');
  return (
    <div style={{ height: LINE_PX }}>
      {at && (
        <span>
          <Clock at={at} ms />
        </span>
      )}
      <Visible
        text={
          flat.length > LONGEST_LINE
            ? `${flat.slice(0, LONGEST_LINE)}… (${formatCount(flat.length)} characters; Copy takes all)`
            : flat
        }
        lines
      />
    </div>
  );
}
