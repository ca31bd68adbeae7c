import type { QueueBackend } from '@/lib/backends/backend';
import type { Worker, WorkerRow } from '@/lib/contracts/workers';
import { listAbilities } from '@/lib/sources/capabilities';
import type { Ask } from '@/lib/verbs';
import { NO_MODULE } from '@/lib/workers/order';

const WORKER_VERBS = ['worker.quiet', 'worker.resume', 'worker.stop', 'worker.set-concurrency'] as const;

export function withWorkerAbilities(ask: Ask, backend: QueueBackend, worker: Worker): WorkerRow {
  const abilities = listAbilities(ask, backend, WORKER_VERBS, (verb) => {
    if (!worker.beats) return NO_MODULE;
    if (worker.status === 'lost') return 'It has stopped beating: it is gone or hangs.';
    if (worker.status === 'stopping') return 'It is stopping already.';
    if (verb === 'worker.quiet' && worker.status === 'quiet') return 'It is quiet already.';
    if (verb === 'worker.resume' && worker.status !== 'quiet') return 'It is not quiet.';
    return null;
  });
  return { ...worker, ...abilities };
}
