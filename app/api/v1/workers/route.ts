import { notAllowed, route } from '@/lib/http/route';
import { listWorkers } from '@/lib/workers/list';

export const dynamic = 'force-dynamic';
export const GET = route(listWorkers);
const refuse = notAllowed('worker.list');

export { refuse as POST, refuse as PUT, refuse as PATCH, refuse as DELETE };
