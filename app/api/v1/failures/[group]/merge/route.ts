import { mergeFailures } from '@/lib/failures/merge';
import { notAllowed, route } from '@/lib/http/route';

export const dynamic = 'force-dynamic';
export const POST = route(mergeFailures);
const refuse = notAllowed('failure.merge');

export { refuse as GET, refuse as PUT, refuse as PATCH, refuse as DELETE };
