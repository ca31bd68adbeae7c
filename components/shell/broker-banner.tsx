'use client';

import { lazy, Suspense } from 'react';
import { isLost } from '@/components/sources/source-status';
import { useSources } from '@/lib/client/sources';

// Seldom shown, on every page.
const AwayNotice = lazy(() => import('@/components/shell/away-notice').then((file) => ({ default: file.AwayNotice })));

/** One line for each broker that is not there. */
export function BrokerBanner() {
  const away = useSources().data?.items.filter((source) => isLost(source.status)) ?? [];
  return (
    <div role="status" className="empty:hidden grid gap-2 px-6 pt-4 max-[900px]:px-3">
      {away.length > 0 && (
        <Suspense>
          {away.map((source) => (
            <AwayNotice key={source.name} source={source} />
          ))}
        </Suspense>
      )}
    </div>
  );
}
