import { notAllowed, route } from '@/lib/http/route';
import { runScheduler } from '@/lib/schedulers/run';

export const dynamic = 'force-dynamic';
export const POST = route(runScheduler);
const refuse = notAllowed('scheduler.run');

export { refuse as GET, refuse as PUT, refuse as PATCH, refuse as DELETE };
