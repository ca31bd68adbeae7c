import { notAllowed, route } from '@/lib/http/route';
import { retryJob } from '@/lib/jobs/retry';

export const dynamic = 'force-dynamic';
export const POST = route(retryJob);
const refuse = notAllowed('job.retry');

export { refuse as GET, refuse as PUT, refuse as PATCH, refuse as DELETE };
