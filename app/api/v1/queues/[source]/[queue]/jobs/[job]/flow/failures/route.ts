import { listFlowFailures } from '@/lib/flows/failures';
import { notAllowed, route } from '@/lib/http/route';

export const dynamic = 'force-dynamic';
export const GET = route(listFlowFailures);
const refuse = notAllowed('flow.failures');

export { refuse as POST, refuse as PUT, refuse as PATCH, refuse as DELETE };
