import { notAllowed, route } from '@/lib/http/route';
import { removeOrphans } from '@/lib/queues/remove-orphans';

export const dynamic = 'force-dynamic';
export const POST = route(removeOrphans);
const refuse = notAllowed('queue.remove-orphans');

export { refuse as GET, refuse as PUT, refuse as PATCH, refuse as DELETE };
