import { notAllowed, route } from '@/lib/http/route';
import { stopWorker } from '@/lib/workers/stop';

export const dynamic = 'force-dynamic';
export const POST = route(stopWorker);
const refuse = notAllowed('worker.stop');

export { refuse as GET, refuse as PUT, refuse as PATCH, refuse as DELETE };
