import { notAllowed, route } from '@/lib/http/route';
import { listJobLogs } from '@/lib/jobs/logs';

export const dynamic = 'force-dynamic';
export const GET = route(listJobLogs);
const refuse = notAllowed('job.logs');

export { refuse as POST, refuse as PUT, refuse as PATCH, refuse as DELETE };
