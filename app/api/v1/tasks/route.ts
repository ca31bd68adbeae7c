import { notAllowed, route } from '@/lib/http/route';
import { listTasks } from '@/lib/tasks/list';

export const dynamic = 'force-dynamic';
export const GET = route(listTasks);
const refuse = notAllowed('task.list');

export { refuse as POST, refuse as PUT, refuse as PATCH, refuse as DELETE };
