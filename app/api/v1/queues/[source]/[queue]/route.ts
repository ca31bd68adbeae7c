import { notAllowed, route } from '@/lib/http/route';
import { getQueue } from '@/lib/queues/get';
import { obliterateQueue } from '@/lib/queues/obliterate';

export const dynamic = 'force-dynamic';
export const GET = route(getQueue);
export const DELETE = route(obliterateQueue);
const refuse = notAllowed('queue.get', 'queue.obliterate');

export { refuse as POST, refuse as PUT, refuse as PATCH };
