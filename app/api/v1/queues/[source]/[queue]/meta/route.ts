import { notAllowed, route } from '@/lib/http/route';
import { exportQueueMeta } from '@/lib/queues/meta';

export const dynamic = 'force-dynamic';
export const GET = route(exportQueueMeta);
const refuse = notAllowed('queue.meta');

export { refuse as POST, refuse as PUT, refuse as PATCH, refuse as DELETE };
