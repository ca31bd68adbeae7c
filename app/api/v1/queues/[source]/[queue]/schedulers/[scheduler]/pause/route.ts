import { notAllowed, route } from '@/lib/http/route';
import { pauseScheduler } from '@/lib/schedulers/pause';
import { resumeScheduler } from '@/lib/schedulers/resume';

export const dynamic = 'force-dynamic';
export const POST = route(pauseScheduler);
export const DELETE = route(resumeScheduler);
const refuse = notAllowed('scheduler.pause', 'scheduler.resume');

export { refuse as GET, refuse as PUT, refuse as PATCH };
