import type { QueryClient } from '@tanstack/react-query';
import type { JobAddress } from '@/lib/client/jobs';
import { applyJobFrame } from '@/lib/client/live/apply-job-frame';
import type { JobOutcome } from '@/lib/client/run-job-action';

/** Shows what an action did at once; the live frame that follows says the same again. */
export function showOutcome(client: QueryClient, { source, queue, job }: JobAddress, { state }: JobOutcome): void {
  applyJobFrame(client, {
    source,
    queue,
    id: job,
    at: new Date().toISOString(),
    type: 'state',
    state,
    name: null,
    error: null,
  });
}
