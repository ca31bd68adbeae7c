import { notAllowed, route } from '@/lib/http/route';
import { downloadJobFile } from '@/lib/jobs/file';

export const dynamic = 'force-dynamic';
export const GET = route(downloadJobFile);
const refuse = notAllowed('job.file');

export { refuse as POST, refuse as PUT, refuse as PATCH, refuse as DELETE };
