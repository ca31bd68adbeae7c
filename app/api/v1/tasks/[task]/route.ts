import { notAllowed, route } from '@/lib/http/route';
import { runTask } from '@/lib/tasks/run';

export const dynamic = 'force-dynamic';
export const POST = route(runTask);
const refuse = notAllowed('task.run');

export { refuse as GET, refuse as PUT, refuse as PATCH, refuse as DELETE };
