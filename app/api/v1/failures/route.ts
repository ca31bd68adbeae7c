import { listFailures } from '@/lib/failures/list';
import { notAllowed, route } from '@/lib/http/route';

export const dynamic = 'force-dynamic';
export const GET = route(listFailures);
const refuse = notAllowed('failure.list');

export { refuse as POST, refuse as PUT, refuse as PATCH, refuse as DELETE };
