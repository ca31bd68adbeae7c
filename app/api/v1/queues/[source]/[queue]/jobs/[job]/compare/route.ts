import { notAllowed, route } from '@/lib/http/route';
import { compareJob } from '@/lib/metrics/compare';

export const dynamic = 'force-dynamic';
export const GET = route(compareJob);
const refuse = notAllowed('job.compare');

export { refuse as POST, refuse as PUT, refuse as PATCH, refuse as DELETE };
