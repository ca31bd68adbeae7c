import { notAllowed, route } from '@/lib/http/route';
import { undeduplicateJob } from '@/lib/jobs/undeduplicate';

export const dynamic = 'force-dynamic';
export const DELETE = route(undeduplicateJob);
const refuse = notAllowed('job.undeduplicate');

export { refuse as GET, refuse as POST, refuse as PUT, refuse as PATCH };
