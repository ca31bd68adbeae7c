import { notAllowed, route } from '@/lib/http/route';
import { previewOperation } from '@/lib/operations/preview';

export const dynamic = 'force-dynamic';
export const POST = route(previewOperation);
const refuse = notAllowed('operation.preview');

export { refuse as GET, refuse as PUT, refuse as PATCH, refuse as DELETE };
