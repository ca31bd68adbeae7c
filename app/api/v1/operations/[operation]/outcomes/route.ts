import { notAllowed, route } from '@/lib/http/route';
import { listOutcomes } from '@/lib/operations/outcomes';

export const dynamic = 'force-dynamic';
export const GET = route(listOutcomes);
const refuse = notAllowed('operation.outcomes');

export { refuse as POST, refuse as PUT, refuse as PATCH, refuse as DELETE };
