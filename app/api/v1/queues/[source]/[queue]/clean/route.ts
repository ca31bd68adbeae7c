import { notAllowed, route } from '@/lib/http/route';
import { cleanQueue } from '@/lib/queues/clean';

export const dynamic = 'force-dynamic';
export const POST = route(cleanQueue);
const refuse = notAllowed('queue.clean');

export { refuse as GET, refuse as PUT, refuse as PATCH, refuse as DELETE };
