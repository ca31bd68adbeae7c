import { notAllowed, route } from '@/lib/http/route';
import { editJob } from '@/lib/jobs/edit';

export const dynamic = 'force-dynamic';
export const PUT = route(editJob);
const refuse = notAllowed('job.edit');

export { refuse as GET, refuse as POST, refuse as PATCH, refuse as DELETE };
