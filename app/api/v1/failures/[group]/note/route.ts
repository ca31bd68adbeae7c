import { noteFailure } from '@/lib/failures/change';
import { notAllowed, route } from '@/lib/http/route';

export const dynamic = 'force-dynamic';
export const PUT = route(noteFailure);
const refuse = notAllowed('failure.note');

export { refuse as GET, refuse as POST, refuse as PATCH, refuse as DELETE };
