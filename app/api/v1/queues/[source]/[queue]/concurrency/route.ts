import { notAllowed, route } from '@/lib/http/route';
import { clearQueueConcurrency } from '@/lib/queues/clear-concurrency';
import { setQueueConcurrency } from '@/lib/queues/set-concurrency';

export const dynamic = 'force-dynamic';
export const PUT = route(setQueueConcurrency);
export const DELETE = route(clearQueueConcurrency);
const refuse = notAllowed('queue.set-concurrency', 'queue.clear-concurrency');

export { refuse as GET, refuse as POST, refuse as PATCH };
