'use client';

import { usePathname } from 'next/navigation';
import { Logo } from '@/components/shell/nav/logo';
import { isCurrent, NAV_ITEMS, type NavId } from '@/components/shell/nav/nav-items';
import { PageLink } from '@/components/shell/nav/page-link';
import { SourceCards } from '@/components/shell/source-cards';
import { ThemeButton } from '@/components/shell/theme-button';
import { countList } from '@/lib/client/http/pages';
import { keys } from '@/lib/client/query-keys';
import { useOpenCauseCount } from '@/lib/client/recent-failures';
import { useCached } from '@/lib/client/use-cached';
import type { QueueList } from '@/lib/contracts/queues';
import type { WorkerList } from '@/lib/contracts/workers';
import { formatCount } from '@/lib/format';

/** Known on the server when the page was made; the cache overrules it as soon as it holds the list. */
export interface NavCounts {
  queues: string;
  workers: string;
  tasks: string;
}

interface RailProps {
  counts: NavCounts;
  open: boolean;
  onClose: () => void;
  onHelp: () => void;
}

export function Rail({ counts, open, onClose, onHelp }: RailProps) {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a click that reached a link also closes the drawer
    <aside
      id="rail"
      className={`rail ${open ? 'open' : ''}`}
      onClick={(event) => {
        if (event.target instanceof Element && event.target.closest('a')) onClose();
      }}
    >
      <PageLink href="/" className="brand">
        <Logo />
        Queuedeck
      </PageLink>
      <SourceCards />
      <nav aria-label="Main">
        <div className="nav">
          <NavLinks ids={['overview', 'queues', 'jobs', 'failures']} counts={counts} />
        </div>
        <div className="nav mt-[18px]">
          <h2>Run</h2>
          <NavLinks ids={['workers', 'schedulers', 'flows', 'tasks']} counts={counts} />
        </div>
        <div className="nav mt-[18px]">
          <h2>Keep</h2>
          <NavLinks ids={['operations', 'api']} counts={counts} />
        </div>
      </nav>
      <footer>
        <ThemeButton />
        <button type="button" className="kbd px-1.5 py-0.5" onClick={onHelp} aria-label="Keyboard shortcuts">
          ?
        </button>
      </footer>
    </aside>
  );
}

function NavLinks({ ids, counts }: { ids: NavId[]; counts: NavCounts }) {
  const path = usePathname();
  const known = useNavCounts(counts);
  const title = known.failures
    ? `${known.failures} open ${known.failures === '1' ? 'cause' : 'causes'} of failures within 24 hours`
    : undefined;
  return NAV_ITEMS.filter((item) => ids.includes(item.id)).map((item) => (
    <PageLink key={item.id} href={item.href} aria-current={isCurrent(item.href, path) ? 'page' : undefined}>
      {item.label}
      <span
        className={`n ${item.id === 'failures' && known.failures ? 'bad' : ''}`}
        title={item.id === 'failures' ? title : undefined}
      >
        {known[item.id]}
      </span>
    </PageLink>
  ));
}

function useNavCounts(counts: NavCounts): Partial<Record<NavId, string>> {
  const queues = useCached<QueueList>(keys.queues());
  const workers = useCached<WorkerList>(keys.workers());
  const failures = useOpenCauseCount();
  return {
    ...counts,
    failures: failures ? formatCount(failures) : '',
    ...(queues && { queues: countList(queues) }),
    ...(workers && {
      workers: countList({ ...workers, items: workers.items.filter((worker) => worker.status !== 'lost') }),
    }),
  };
}
