'use client';

import { usePathname } from 'next/navigation';
import { Fragment } from 'react';
import { NAV_ITEMS } from '@/components/shell/nav/nav-items';
import { PageLink } from '@/components/shell/nav/page-link';
import { Visible } from '@/components/ui/visible';
import { queueHref } from '@/lib/client/http/url';

interface Crumb {
  label: string;
  href?: string;
  mono?: boolean;
}

export function Crumbs() {
  const crumbs = listCrumbs(usePathname());
  return (
    <nav className="crumbs" aria-label="Where you are">
      {crumbs.map((crumb, at) => (
        <Fragment key={`${crumb.href}${crumb.label}`}>
          {at > 0 && <i aria-hidden>/</i>}
          {crumb.href && at < crumbs.length - 1 ? (
            <PageLink href={crumb.href} className="clip">
              <Visible text={crumb.label} />
            </PageLink>
          ) : (
            <span className={`clip ${crumb.mono ? 'mono font-medium' : ''}`} aria-current="page">
              <Visible text={crumb.label} />
            </span>
          )}
        </Fragment>
      ))}
    </nav>
  );
}

/** `/queues/{source}/{queue}/jobs/{job}` → Queues / queue / job. */
export function listCrumbs(path: string): Crumb[] {
  const [first = '', source, queue, , job] = path.split('/').slice(1).map(decode);
  const item = NAV_ITEMS.find(({ href }) => href === (first === 'docs' ? '/docs/api' : `/${first}`));
  if (first === 'sources' && source) return [{ label: 'Sources' }, { label: source }];
  const crumbs: Crumb[] = [{ label: item?.label ?? 'Not found', href: item?.href ?? '/' }];
  if (first === 'tasks' && source) crumbs.push({ label: source });
  if (first === 'operations' && source) crumbs.push({ label: source.slice(0, 8), mono: true });
  if (first === 'flows' && source && queue)
    crumbs.push({ label: path.split('/').slice(4).map(decode).join('/'), mono: true });
  if (first === 'queues' && source && queue) {
    crumbs.push({ label: queue, href: queueHref(source, queue) });
    if (job) crumbs.push({ label: job, mono: true });
  }
  return crumbs;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
