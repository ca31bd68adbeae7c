'use client';

import { useState } from 'react';
import { PageLink } from '@/components/shell/nav/page-link';
import { Button } from '@/components/ui/button';
import { Ago } from '@/components/ui/time';
import { Visible } from '@/components/ui/visible';
import { jobHref, queueHref } from '@/lib/client/http/url';
import { useRecorder } from '@/lib/client/metrics';
import type { Recorder } from '@/lib/contracts/recorder';
import { formatCount, formatPlural } from '@/lib/format';
import { toVisible } from '@/lib/format/visible';

const SHOWN_FIRST = 5;

type Item = Recorder['setAside']['items'][number];

/** What of this broker could not be recorded, and why. Nothing where there is nothing: the card of the history says so. */
export function SetAsideCard({ source }: { source: string }) {
  const [isOpen, setOpen] = useState(false);
  const setAside = useRecorder(source).data?.setAside;
  if (!setAside || setAside.count === 0) return null;
  const { count, last24h, items } = setAside;
  const shown = isOpen ? items : items.slice(0, SHOWN_FIRST);
  return (
    <section className="card" id="set-aside" aria-labelledby="set-aside-title">
      <header>
        <h2 id="set-aside-title">Set aside</h2>
        <div className="r tnum">{describeCounts(count, last24h)}</div>
      </header>
      <p className="muted m-0 border-line border-b px-[14px] py-[11px]">
        These could not be recorded; everything else goes on. The broker has them still, as far as it keeps them.
      </p>
      <ul className="m-0 list-none p-0">
        {shown.map((item) => (
          <Row key={`${item.queue}\n${item.job}`} source={source} item={item} />
        ))}
      </ul>
      {count > shown.length && (
        <div className="muted flex items-center gap-3 border-line border-t px-[14px] py-2">
          <span className="tnum">{formatPlural(count - shown.length, 'more', 'more')}, met before these.</span>
          {items.length > shown.length && (
            <Button small onClick={() => setOpen(true)}>
              Show {formatCount(items.length)}
            </Button>
          )}
        </div>
      )}
    </section>
  );
}

function describeCounts(count: number, last24h: number): string {
  if (count === last24h) return `${formatCount(count)} within 24 h`;
  return `${formatCount(count)}, ${last24h === 0 ? 'none' : formatCount(last24h)} of them within 24 h`;
}

function Row({ source, item: { queue, job, reason, at, times } }: { source: string; item: Item }) {
  return (
    <li className="grid gap-1 border-line border-b px-[14px] py-2 last:border-0" data-set-aside={job ?? ''}>
      <div className="flex min-w-0 items-baseline gap-2">
        <Name text={queue ?? 'the whole source'} href={queue === null ? null : queueHref(source, queue)} />
        {queue !== null && <span className="faint flex-none">·</span>}
        {queue !== null && job !== null && <Name text={job} href={jobHref(source, queue, job)} isId />}
        {queue !== null && job === null && <span className="muted flex-none">its events</span>}
        <span className="faint tnum ml-auto flex-none">
          {times > 1 && `${formatCount(times)} times, last `}
          <Ago at={at} />
        </span>
      </div>
      <p className="muted m-0 line-clamp-3 [overflow-wrap:anywhere]" title={toVisible(reason)}>
        <Visible text={reason} />
      </p>
    </li>
  );
}

/** A name that is too long for the store stands there by its beginning and a digest: that leads nowhere. */
const SHORTENED = /…[0-9a-f]{32}$/;

function Name({ text, href, isId = false }: { text: string; href: string | null; isId?: boolean }) {
  // A short name is not cut in favour of a long one beside it.
  const look = isId ? 'clip mono' : 'clip max-w-[45%] flex-none font-[550]';
  const title = toVisible(text);
  if (href === null || SHORTENED.test(text))
    return (
      <span className={look} title={title}>
        <Visible text={text} />
      </span>
    );
  return (
    <PageLink className={`${look} hover:underline`} href={href} title={title}>
      <Visible text={text} />
    </PageLink>
  );
}
