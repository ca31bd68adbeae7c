import { getFlow } from '@/lib/flows/get';
import { notAllowed, route } from '@/lib/http/route';

export const dynamic = 'force-dynamic';
export const GET = route(getFlow);
const refuse = notAllowed('flow.get');

export { refuse as POST, refuse as PUT, refuse as PATCH, refuse as DELETE };
