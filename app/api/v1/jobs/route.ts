import { notAllowed, route } from '@/lib/http/route';
import { searchJobs } from '@/lib/jobs/search/search';

export const dynamic = 'force-dynamic';
export const GET = route(searchJobs);
const refuse = notAllowed('job.search');

export { refuse as POST, refuse as PUT, refuse as PATCH, refuse as DELETE };
