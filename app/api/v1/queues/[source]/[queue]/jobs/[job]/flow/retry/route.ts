import { retryFlow } from '@/lib/flows/retry';
import { notAllowed, route } from '@/lib/http/route';

export const dynamic = 'force-dynamic';
export const POST = route(retryFlow);
const refuse = notAllowed('flow.retry');

export { refuse as GET, refuse as PUT, refuse as PATCH, refuse as DELETE };
