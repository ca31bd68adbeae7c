'use client';

import { PageLink } from '@/components/shell/nav/page-link';
import { Ago } from '@/components/ui/time';
import { Visible } from '@/components/ui/visible';
import { jobHref, queueHref } from '@/lib/client/http/url';
import { useRecorder } from '@/lib/client/metrics';
import type { Recorder } from '@/lib/contracts/recorder';
import { formatCount, formatPlural } from '@/lib/format';
import { toVisible } from '@/lib/format/visible';

type Item = Recorder['setAside']['items'][number];

/** What of this broker could not be recorded, and why. Nothing where there is nothing: the card of the history says so. */
export function SetAsideCard({ source }: { source: string }) {
  const setAside = useRecorder(source).data?.setAside;
  if (!setAside || setAside.count === 0) return null;
  const { count, last24h, items } = setAside;
  return (
    <section className="card" id="set-aside" aria-labelledby="set-aside-title">
      <header>
        <h2 id="set-aside-title">Set aside</h2>
        <div className="r tnum">
          {formatCount(count)}, {last24h === 0 ? 'none' : formatCount(last24h)} within 24 h
        </div>
      </header>
      <p className="muted m-0 border-line border-b px-[14px] py-[11px]">
        These could not be recorded, so that the rest could. The broker has them still, as far as it keeps them.
      </p>
      <ul className="m-0 list-none p-0">
        {items.map((item) => (
          <Row key={`${item.queue}\n${item.job}`} source={source} item={item} />
        ))}
      </ul>
      {count > items.length && (
        <p className="muted m-0 border-line border-t px-[14px] py-2">
          {formatPlural(count - items.length, 'more', 'more')}: the newest are shown.
        </p>
      )}
    </section>
  );
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
  const look = `clip ${isId ? 'mono' : 'font-[550]'}`;
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
