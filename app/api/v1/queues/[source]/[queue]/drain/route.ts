import { notAllowed, route } from '@/lib/http/route';
import { drainQueue } from '@/lib/queues/drain';

export const dynamic = 'force-dynamic';
export const POST = route(drainQueue);
const refuse = notAllowed('queue.drain');

export { refuse as GET, refuse as PUT, refuse as PATCH, refuse as DELETE };
