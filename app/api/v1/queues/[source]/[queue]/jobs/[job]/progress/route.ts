import { notAllowed, route } from '@/lib/http/route';
import { setJobProgress } from '@/lib/jobs/progress';

export const dynamic = 'force-dynamic';
export const PUT = route(setJobProgress);
const refuse = notAllowed('job.progress');

export { refuse as GET, refuse as POST, refuse as PATCH, refuse as DELETE };
