import { notAllowed, route } from '@/lib/http/route';
import { explainJob } from '@/lib/jobs/why';

export const dynamic = 'force-dynamic';
export const GET = route(explainJob);
const refuse = notAllowed('job.why');

export { refuse as POST, refuse as PUT, refuse as PATCH, refuse as DELETE };
