import { notAllowed, route } from '@/lib/http/route';
import { getScheduler } from '@/lib/schedulers/get';
import { putScheduler } from '@/lib/schedulers/put';
import { removeScheduler } from '@/lib/schedulers/remove';

export const dynamic = 'force-dynamic';
export const GET = route(getScheduler);
export const PUT = route(putScheduler);
export const DELETE = route(removeScheduler);
const refuse = notAllowed('scheduler.get', 'scheduler.put', 'scheduler.remove');

export { refuse as POST, refuse as PATCH };
