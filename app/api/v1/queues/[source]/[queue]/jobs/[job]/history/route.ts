import { notAllowed, route } from '@/lib/http/route';
import { getJobHistory } from '@/lib/jobs/search/history';

export const dynamic = 'force-dynamic';
export const GET = route(getJobHistory);
const refuse = notAllowed('job.history');

export { refuse as POST, refuse as PUT, refuse as PATCH, refuse as DELETE };
