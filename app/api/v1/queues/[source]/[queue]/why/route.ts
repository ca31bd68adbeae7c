import { notAllowed, route } from '@/lib/http/route';
import { explainQueue } from '@/lib/queues/why';

export const dynamic = 'force-dynamic';
export const GET = route(explainQueue);
const refuse = notAllowed('queue.why');

export { refuse as POST, refuse as PUT, refuse as PATCH, refuse as DELETE };
