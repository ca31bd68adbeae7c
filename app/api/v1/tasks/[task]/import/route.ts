import { notAllowed, route } from '@/lib/http/route';
import { importTask } from '@/lib/tasks/import';

export const dynamic = 'force-dynamic';
export const POST = route(importTask);
const refuse = notAllowed('task.import');

export { refuse as GET, refuse as PUT, refuse as PATCH, refuse as DELETE };
