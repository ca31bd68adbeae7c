import { useLayoutEffect, useRef, useState } from 'react';
import { LINE_PX, splitLogLine, windowLines } from '@/components/jobs/log/log-window';
import { Clock } from '@/components/ui/time';
import { Visible } from '@/components/ui/visible';
import { formatCount } from '@/lib/format';

const LONGEST_LINE = 2_000;

interface LogLinesProps {
  lines: string[];
  following: boolean;
  onScrolledAway: () => void;
}

/** Of many thousand only those that are seen. */
export function LogLines({ lines, following, onScrolledAway }: LogLinesProps) {
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
