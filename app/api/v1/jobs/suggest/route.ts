import { notAllowed, route } from '@/lib/http/route';
import { suggestQuery } from '@/lib/jobs/search/suggest';

export const dynamic = 'force-dynamic';
export const GET = route(suggestQuery);
const refuse = notAllowed('job.suggest');

export { refuse as POST, refuse as PUT, refuse as PATCH, refuse as DELETE };
