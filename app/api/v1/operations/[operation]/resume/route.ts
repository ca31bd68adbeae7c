import { notAllowed, route } from '@/lib/http/route';
import { resumeOperation } from '@/lib/operations/resume';

export const dynamic = 'force-dynamic';
export const POST = route(resumeOperation);
const refuse = notAllowed('operation.resume');

export { refuse as GET, refuse as PUT, refuse as PATCH, refuse as DELETE };
