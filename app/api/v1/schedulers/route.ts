import { notAllowed, route } from '@/lib/http/route';
import { listSchedulers } from '@/lib/schedulers/list';

export const dynamic = 'force-dynamic';
export const GET = route(listSchedulers);
const refuse = notAllowed('scheduler.list');

export { refuse as POST, refuse as PUT, refuse as PATCH, refuse as DELETE };
