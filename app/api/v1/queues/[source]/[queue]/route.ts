import { notAllowed, route } from '@/lib/http/route';
import { getQueue } from '@/lib/queues/get';

export const dynamic = 'force-dynamic';
export const GET = route(getQueue);
const refuse = notAllowed('queue.get');

export { refuse as POST, refuse as PUT, refuse as PATCH, refuse as DELETE };
