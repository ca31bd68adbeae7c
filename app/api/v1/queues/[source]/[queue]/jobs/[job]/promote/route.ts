import { notAllowed, route } from '@/lib/http/route';
import { promoteJob } from '@/lib/jobs/promote';

export const dynamic = 'force-dynamic';
export const POST = route(promoteJob);
const refuse = notAllowed('job.promote');

export { refuse as GET, refuse as PUT, refuse as PATCH, refuse as DELETE };
