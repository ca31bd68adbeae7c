import { splitFailure } from '@/lib/failures/merge';
import { notAllowed, route } from '@/lib/http/route';

export const dynamic = 'force-dynamic';
export const POST = route(splitFailure);
const refuse = notAllowed('failure.split');

export { refuse as GET, refuse as PUT, refuse as PATCH, refuse as DELETE };
