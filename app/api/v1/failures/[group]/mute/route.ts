import { muteFailure } from '@/lib/failures/change';
import { notAllowed, route } from '@/lib/http/route';

export const dynamic = 'force-dynamic';
export const POST = route(muteFailure);
const refuse = notAllowed('failure.mute');

export { refuse as GET, refuse as PUT, refuse as PATCH, refuse as DELETE };
