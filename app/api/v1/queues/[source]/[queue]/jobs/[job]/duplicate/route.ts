import { notAllowed, route } from '@/lib/http/route';
import { duplicateJob } from '@/lib/jobs/duplicate';

export const dynamic = 'force-dynamic';
export const POST = route(duplicateJob);
const refuse = notAllowed('job.duplicate');

export { refuse as GET, refuse as PUT, refuse as PATCH, refuse as DELETE };
