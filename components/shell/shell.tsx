'use client';

import { usePathname, useRouter } from 'next/navigation';
import { lazy, type ReactNode, Suspense, useEffect, useEffectEvent, useRef, useState } from 'react';
import { BrokerBanner } from '@/components/shell/broker-banner';
import { NAV_ITEMS } from '@/components/shell/nav/nav-items';
import { PendingPage } from '@/components/shell/nav/pending-page';
import { type NavCounts, Rail } from '@/components/shell/nav/rail';
import { Palette, reachForPalette } from '@/components/shell/palette/palette';
import { useKeys } from '@/components/shell/shortcuts';
import { TopBar } from '@/components/shell/top-bar';
import { DialogComing } from '@/components/ui/dialog-coming';
import { OVERVIEW_TOPIC } from '@/lib/client/live/topics';
import { useTopic } from '@/lib/client/live/use-live';

const HelpDialog = lazy(() => import('@/components/shell/help-dialog').then((file) => ({ default: file.HelpDialog })));
const PauseDialog = lazy(() =>
  import('@/components/queues/change/pause-dialog').then((file) => ({ default: file.PauseDialog })),
);

type Opened = 'palette' | 'help' | { source: string; queue: string };

export function Shell({ counts, children }: { counts: NavCounts; children: ReactNode }) {
  const [open, setOpen] = useState<Opened | null>(null);
  const [railOpen, setRailOpen] = useState(false);
  useTopic(OVERVIEW_TOPIC);
  useGoKeys(setOpen);
  const close = () => setOpen(null);
  return (
    <div className="app">
      <a href="#content" className="btn skip">
        Skip to the content
      </a>
      <Rail counts={counts} open={railOpen} onClose={() => setRailOpen(false)} onHelp={() => setOpen('help')} />
      <div className="min-w-0">
        <TopBar
          railOpen={railOpen}
          onMenu={() => setRailOpen(!railOpen)}
          onPalette={() => setOpen('palette')}
          onReach={reachForPalette}
        />
        <BrokerBanner />
        <main id="content" tabIndex={-1} className="outline-none">
          <PendingPage key={usePathname()}>{children}</PendingPage>
        </main>
      </div>
      <Palette
        isOpen={open === 'palette'}
        onOpened={() => setOpen('palette')}
        onClose={close}
        onHelp={() => setOpen('help')}
        onPause={setOpen}
      />
      <Suspense fallback={<DialogComing onClose={close} />}>
        {open === 'help' && <HelpDialog onClose={close} />}
        {open !== null && typeof open === 'object' && <PauseDialog {...open} onClose={close} />}
      </Suspense>
    </div>
  );
}

const CHORD_MS = 1200;

/** g then a letter goes somewhere, / and ⌘K open the palette, ? lists them all. */
function useGoKeys(open: (what: 'palette' | 'help') => void): void {
  const router = useRouter();
  const goAtMs = useRef(0);
  useKeys((key) => {
    const item = Date.now() - goAtMs.current < CHORD_MS ? NAV_ITEMS.find((each) => each.key === key) : undefined;
    goAtMs.current = key === 'g' ? Date.now() : 0;
    if (item) router.push(item.href);
    else if (key === '?') open('help');
    else if (key === '/') open('palette');
    else return key === 'g';
    return true;
  });
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.key === 'Meta' || event.key === 'Control') reachForPalette();
    if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey) || event.altKey) return;
    // The browser has its own use of it.
    event.preventDefault();
    // A g before it is forgotten: the letter after the palette is no longer its second half.
    goAtMs.current = 0;
    if (!document.querySelector('dialog[open]')) open('palette');
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKey(event);
    document.addEventListener('keydown', listener);
    return () => document.removeEventListener('keydown', listener);
  }, []);
}
