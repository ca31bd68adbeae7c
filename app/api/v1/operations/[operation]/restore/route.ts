import { notAllowed, route } from '@/lib/http/route';
import { restoreOperation } from '@/lib/operations/restore';

export const dynamic = 'force-dynamic';
export const POST = route(restoreOperation);
const refuse = notAllowed('operation.restore');

export { refuse as GET, refuse as PUT, refuse as PATCH, refuse as DELETE };
