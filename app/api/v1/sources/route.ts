import { notAllowed, route } from '@/lib/http/route';
import { listSources } from '@/lib/sources/list';

export const dynamic = 'force-dynamic';
export const GET = route(listSources);
const refuse = notAllowed('source.list');

export { refuse as POST, refuse as PUT, refuse as PATCH, refuse as DELETE };
