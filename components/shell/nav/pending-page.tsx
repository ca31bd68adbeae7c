'use client';

import { type ReactNode, useEffect, useState, useSyncExternalStore } from 'react';
import { readPendingHref, subscribePending } from '@/components/shell/nav/pending';
import { Skeleton, SkeletonRows } from '@/components/ui/skeleton';

/** A wait shorter than this shows nothing: the old page is calmer than a flash. */
const PATIENCE_MS = 160;

/** The page, or the outline of the one that is coming. */
export function PendingPage({ children }: { children: ReactNode }) {
  const href = useSyncExternalStore(subscribePending, readPendingHref, () => null);
  const [shown, setShown] = useState<string | null>(null);
  useEffect(() => {
    if (!href) return;
    const timer = setTimeout(() => setShown(href), PATIENCE_MS);
    return () => {
      clearTimeout(timer);
      setShown(null);
    };
  }, [href]);
  return (
    <>
      <div hidden={shown !== null}>{children}</div>
      {shown && <Outline href={shown} />}
    </>
  );
}

function Outline({ href }: { href: string }) {
  const isJob = /^\/queues\/[^/]+\/[^/]+\/jobs\//.test(href);
  return (
    <div className="page" role="status" aria-label="Loading">
      {href !== '/' && (
        <div className="head h-[30px]">
          <Skeleton width="180px" height="18px" />
          <Skeleton width="120px" height="12px" />
        </div>
      )}
      {href === '/' && (
        <div className="card figs">
          {['a', 'b', 'c', 'd', 'e', 'f'].map((each) => (
            <div key={each} className="fig h-[86px]">
              <Skeleton width="50%" />
              <Skeleton width="36%" height="22px" />
            </div>
          ))}
        </div>
      )}
      <div className={isJob ? 'jobgrid' : ''}>
        <div className="card">
          <header />
          <SkeletonRows rows={isJob ? 5 : 12} columns={isJob ? 2 : 6} />
        </div>
        {isJob && (
          <div className="card">
            <SkeletonRows rows={7} columns={2} />
          </div>
        )}
      </div>
    </div>
  );
}
