import { notAllowed, route } from '@/lib/http/route';
import { rescheduleJob } from '@/lib/jobs/reschedule';

export const dynamic = 'force-dynamic';
export const PUT = route(rescheduleJob);
const refuse = notAllowed('job.reschedule');

export { refuse as GET, refuse as POST, refuse as PATCH, refuse as DELETE };
