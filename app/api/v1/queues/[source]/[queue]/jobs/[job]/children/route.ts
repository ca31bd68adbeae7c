import { notAllowed, route } from '@/lib/http/route';
import { removeJobChildren } from '@/lib/jobs/remove-children';

export const dynamic = 'force-dynamic';
export const DELETE = route(removeJobChildren);
const refuse = notAllowed('job.remove-children');

export { refuse as GET, refuse as POST, refuse as PUT, refuse as PATCH };
