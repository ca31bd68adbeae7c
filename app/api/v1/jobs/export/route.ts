import { notAllowed, route } from '@/lib/http/route';
import { exportJobs } from '@/lib/jobs/search/export';

export const dynamic = 'force-dynamic';
export const GET = route(exportJobs);
const refuse = notAllowed('job.export');

export { refuse as POST, refuse as PUT, refuse as PATCH, refuse as DELETE };
