'use client';

import { WhyLine } from '@/components/why/why-line';
import { useQueueWhy } from '@/lib/client/why';

/** Why this queue does not move, or how it does. Keeps its place while nothing can be said. */
export function QueueWhyLine({ source, queue }: { source: string; queue: string }) {
  const { data: why } = useQueueWhy(source, queue);
  return why ? <WhyLine why={why} /> : <div className="whyline h-[19px]" />;
}
