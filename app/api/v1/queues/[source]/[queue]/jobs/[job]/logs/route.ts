import { notAllowed, route } from '@/lib/http/route';
import { clearJobLogs } from '@/lib/jobs/clear-logs';
import { logToJob } from '@/lib/jobs/log';
import { listJobLogs } from '@/lib/jobs/logs';

export const dynamic = 'force-dynamic';
export const GET = route(listJobLogs);
export const POST = route(logToJob);
export const DELETE = route(clearJobLogs);
const refuse = notAllowed('job.logs', 'job.log', 'job.clear-logs');

export { refuse as PUT, refuse as PATCH };
