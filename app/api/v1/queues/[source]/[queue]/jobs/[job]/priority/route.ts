import { notAllowed, route } from '@/lib/http/route';
import { prioritizeJob } from '@/lib/jobs/prioritize';

export const dynamic = 'force-dynamic';
export const PUT = route(prioritizeJob);
const refuse = notAllowed('job.prioritize');

export { refuse as GET, refuse as POST, refuse as PATCH, refuse as DELETE };
