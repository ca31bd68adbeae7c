import { notAllowed, route } from '@/lib/http/route';
import { cancelJob } from '@/lib/jobs/cancel';

export const dynamic = 'force-dynamic';
export const POST = route(cancelJob);
const refuse = notAllowed('job.cancel');

export { refuse as GET, refuse as PUT, refuse as PATCH, refuse as DELETE };
