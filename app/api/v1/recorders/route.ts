import { notAllowed, route } from '@/lib/http/route';
import { listRecorders } from '@/lib/sources/recorders';

export const dynamic = 'force-dynamic';
export const GET = route(listRecorders);
const refuse = notAllowed('source.recorders');

export { refuse as POST, refuse as PUT, refuse as PATCH, refuse as DELETE };
