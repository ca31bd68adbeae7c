import { notAllowed, route } from '@/lib/http/route';
import { clearQueueRateLimit } from '@/lib/queues/clear-rate-limit';
import { readQueueRateLimit } from '@/lib/queues/rate-limit';
import { setQueueRateLimit } from '@/lib/queues/set-rate-limit';

export const dynamic = 'force-dynamic';
export const GET = route(readQueueRateLimit);
export const PUT = route(setQueueRateLimit);
export const DELETE = route(clearQueueRateLimit);
const refuse = notAllowed('queue.rate-limit', 'queue.set-rate-limit', 'queue.clear-rate-limit');

export { refuse as POST, refuse as PATCH };
