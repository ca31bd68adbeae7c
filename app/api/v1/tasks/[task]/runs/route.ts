import { notAllowed, route } from '@/lib/http/route';
import { listTaskRuns } from '@/lib/tasks/runs';

export const dynamic = 'force-dynamic';
export const GET = route(listTaskRuns);
const refuse = notAllowed('task.runs');

export { refuse as POST, refuse as PUT, refuse as PATCH, refuse as DELETE };
