import { notAllowed, route } from '@/lib/http/route';
import { getRecorder } from '@/lib/sources/recorder';

export const dynamic = 'force-dynamic';
export const GET = route(getRecorder);
const refuse = notAllowed('source.recorder');

export { refuse as POST, refuse as PUT, refuse as PATCH, refuse as DELETE };
