import { getFailure } from '@/lib/failures/get';
import { notAllowed, route } from '@/lib/http/route';

export const dynamic = 'force-dynamic';
export const GET = route(getFailure);
const refuse = notAllowed('failure.get');

export { refuse as POST, refuse as PUT, refuse as PATCH, refuse as DELETE };
