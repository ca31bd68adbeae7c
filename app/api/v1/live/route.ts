import { notAllowed, route } from '@/lib/http/route';
import { openLiveStream } from '@/lib/live/open-stream';

export const dynamic = 'force-dynamic';
export const GET = route(openLiveStream);
const refuse = notAllowed('live.stream');

export { refuse as POST, refuse as PUT, refuse as PATCH, refuse as DELETE };
