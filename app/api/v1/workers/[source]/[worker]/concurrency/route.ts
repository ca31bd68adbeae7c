import { notAllowed, route } from '@/lib/http/route';
import { setWorkerConcurrency } from '@/lib/workers/set-concurrency';

export const dynamic = 'force-dynamic';
export const PUT = route(setWorkerConcurrency);
const refuse = notAllowed('worker.set-concurrency');

export { refuse as GET, refuse as POST, refuse as PATCH, refuse as DELETE };
