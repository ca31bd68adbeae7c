import { notAllowed, route } from '@/lib/http/route';
import { pauseQueue } from '@/lib/queues/pause';
import { resumeQueue } from '@/lib/queues/resume';

export const dynamic = 'force-dynamic';
export const POST = route(pauseQueue);
export const DELETE = route(resumeQueue);
const refuse = notAllowed('queue.pause', 'queue.resume');

export { refuse as GET, refuse as PUT, refuse as PATCH };
