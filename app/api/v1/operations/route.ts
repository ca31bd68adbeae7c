import { notAllowed, route } from '@/lib/http/route';
import { createOperation } from '@/lib/operations/create';
import { listOperations } from '@/lib/operations/list';

export const dynamic = 'force-dynamic';
export const GET = route(listOperations);
export const POST = route(createOperation);
const refuse = notAllowed('operation.list', 'operation.create');

export { refuse as PUT, refuse as PATCH, refuse as DELETE };
