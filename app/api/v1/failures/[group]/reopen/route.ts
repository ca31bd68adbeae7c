import { reopenFailure } from '@/lib/failures/change';
import { notAllowed, route } from '@/lib/http/route';

export const dynamic = 'force-dynamic';
export const POST = route(reopenFailure);
const refuse = notAllowed('failure.reopen');

export { refuse as GET, refuse as PUT, refuse as PATCH, refuse as DELETE };
