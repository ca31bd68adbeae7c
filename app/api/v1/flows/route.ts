import { addFlow } from '@/lib/flows/add';
import { listFlows } from '@/lib/flows/list';
import { notAllowed, route } from '@/lib/http/route';

export const dynamic = 'force-dynamic';
export const GET = route(listFlows);
export const POST = route(addFlow);
const refuse = notAllowed('flow.list', 'flow.add');

export { refuse as PUT, refuse as PATCH, refuse as DELETE };
