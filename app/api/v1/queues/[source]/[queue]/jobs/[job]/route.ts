import { notAllowed, route } from '@/lib/http/route';
import { getJob } from '@/lib/jobs/get';
import { removeJob } from '@/lib/jobs/remove';

export const dynamic = 'force-dynamic';
export const GET = route(getJob);
export const DELETE = route(removeJob);
const refuse = notAllowed('job.get', 'job.remove');

export { refuse as POST, refuse as PUT, refuse as PATCH };
