import { notAllowed, route } from '@/lib/http/route';
import { stopOperation } from '@/lib/operations/stop';

export const dynamic = 'force-dynamic';
export const POST = route(stopOperation);
const refuse = notAllowed('operation.stop');

export { refuse as GET, refuse as PUT, refuse as PATCH, refuse as DELETE };
