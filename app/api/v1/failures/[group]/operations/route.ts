import { operateOnFailure } from '@/lib/failures/operate';
import { notAllowed, route } from '@/lib/http/route';

export const dynamic = 'force-dynamic';
export const POST = route(operateOnFailure);
const refuse = notAllowed('failure.operate');

export { refuse as GET, refuse as PUT, refuse as PATCH, refuse as DELETE };
