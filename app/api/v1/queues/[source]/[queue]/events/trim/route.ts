import { notAllowed, route } from '@/lib/http/route';
import { trimQueueEvents } from '@/lib/queues/trim-events';

export const dynamic = 'force-dynamic';
export const POST = route(trimQueueEvents);
const refuse = notAllowed('queue.trim-events');

export { refuse as GET, refuse as PUT, refuse as PATCH, refuse as DELETE };
