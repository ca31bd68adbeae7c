import { connection } from 'next/server';
import type { ReactNode } from 'react';
import { Hydrated } from '@/components/shell/hydrated';
import { Providers } from '@/components/shell/providers';
import { Shell } from '@/components/shell/shell';
import { countList } from '@/lib/client/http/pages';
import { keys } from '@/lib/client/query-keys';
import type { SourceList } from '@/lib/contracts/sources';
import { formatCount } from '@/lib/format';
import { ask } from '@/lib/http/ask';
import { readOrNull } from '@/lib/http/read';

export default async function DashboardLayout({ children }: { children: ReactNode }) {
  await connection();
  const [sources, queues, workers, tasks] = await Promise.all([
    readOrNull(ask('source.list', { limit: 200 })),
    readOrNull(ask('queue.list', { limit: 200 })),
    readOrNull(ask('worker.list', { limit: 200 })),
    readOrNull(ask('task.list', { limit: 200 })),
  ]);
  const count = (list: Parameters<typeof countList>[0] | null) => (list ? countList(list) : '');
  return (
    <Providers serverNow={Date.now()}>
      <Hydrated entries={[[keys.sources(), sources]]}>
        <Shell
          counts={{
            queues: countQueues(sources, count(queues)),
            workers: count(workers),
            tasks: count(tasks),
          }}
        >
          {children}
        </Shell>
      </Hydrated>
    </Providers>
  );
}

/** The brokers' own numbers where all are known: the list is read in pages. */
function countQueues(sources: SourceList | null, listed: string): string {
  const numbers = sources?.items.map((source) => source.queues) ?? [null];
  return numbers.includes(null) ? listed : formatCount(numbers.reduce<number>((sum, number) => sum + (number ?? 0), 0));
}
