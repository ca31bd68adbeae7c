import { notAllowed, route } from '@/lib/http/route';
import { addJobs } from '@/lib/jobs/add';
import { listJobs } from '@/lib/jobs/list';

export const dynamic = 'force-dynamic';
export const GET = route(listJobs);
export const POST = route(addJobs);
const refuse = notAllowed('job.list', 'job.add');

export { refuse as PUT, refuse as PATCH, refuse as DELETE };
