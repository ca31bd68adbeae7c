'use client';

import { PageLink } from '@/components/shell/nav/page-link';
import { SOURCE_TONES, SOURCE_WORDS } from '@/components/sources/source-status';
import { sourceHref } from '@/lib/client/http/url';
import { useSources } from '@/lib/client/sources';
import type { Source } from '@/lib/contracts/sources';
import { formatCount, formatPlural } from '@/lib/format';
import { toVisible } from '@/lib/format/visible';

/** The brokers that are watched, with their state. */
export function SourceCards() {
  const sources = useSources().data?.items;
  if (!sources?.length) return null;
  return (
    <section className="sources" aria-label="Watched brokers">
      {sources.map((source) => (
        <PageLink
          key={source.name}
          href={sourceHref(source.name)}
          className="source"
          title={toVisible(source.reason ?? 'Settings, sizes and warnings')}
        >
          <div className="min-w-0">
            <b className="clip">{source.name}</b>
            <span className="clip block">{describeSource(source)}</span>
          </div>
          {source.status === 'up' ? (
            <span className="sr-only">up</span>
          ) : (
            <span className={`state ${SOURCE_TONES[source.status]}`}>
              <span className="dot" />
              {SOURCE_WORDS[source.status].toLowerCase()}
            </span>
          )}
        </PageLink>
      ))}
    </section>
  );
}

function describeSource({ backend, version, queues }: Source): string {
  const server = version ?? (backend === 'bullmq-redis' ? 'Redis' : 'PostgreSQL');
  return queues === null ? `${server} · ${formatCount(null)} queues` : `${server} · ${formatPlural(queues, 'queue')}`;
}
