'use client';

import { QueryClientProvider } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { NowProvider } from '@/components/ui/now';
import { Toasts } from '@/components/ui/toast/toasts';
import { getQueryClient } from '@/lib/client/browser';

export function Providers({ serverNow, children }: { serverNow: number; children: ReactNode }) {
  return (
    <QueryClientProvider client={getQueryClient()}>
      <NowProvider at={serverNow}>
        {children}
        <Toasts />
      </NowProvider>
    </QueryClientProvider>
  );
}
