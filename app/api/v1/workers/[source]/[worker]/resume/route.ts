import { notAllowed, route } from '@/lib/http/route';
import { resumeWorker } from '@/lib/workers/resume';

export const dynamic = 'force-dynamic';
export const POST = route(resumeWorker);
const refuse = notAllowed('worker.resume');

export { refuse as GET, refuse as PUT, refuse as PATCH, refuse as DELETE };
