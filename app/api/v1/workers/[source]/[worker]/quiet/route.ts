import { notAllowed, route } from '@/lib/http/route';
import { quietWorker } from '@/lib/workers/quiet';

export const dynamic = 'force-dynamic';
export const POST = route(quietWorker);
const refuse = notAllowed('worker.quiet');

export { refuse as GET, refuse as PUT, refuse as PATCH, refuse as DELETE };
