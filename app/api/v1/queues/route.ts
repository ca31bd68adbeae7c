import { notAllowed, route } from '@/lib/http/route';
import { listQueues } from '@/lib/queues/list';

export const dynamic = 'force-dynamic';
export const GET = route(listQueues);
const refuse = notAllowed('queue.list');

export { refuse as POST, refuse as PUT, refuse as PATCH, refuse as DELETE };
