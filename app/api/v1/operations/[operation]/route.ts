import { notAllowed, route } from '@/lib/http/route';
import { getOperation } from '@/lib/operations/get';

export const dynamic = 'force-dynamic';
export const GET = route(getOperation);
const refuse = notAllowed('operation.get');

export { refuse as POST, refuse as PUT, refuse as PATCH, refuse as DELETE };
