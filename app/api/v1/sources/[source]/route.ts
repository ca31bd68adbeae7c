import { notAllowed, route } from '@/lib/http/route';
import { getSource } from '@/lib/sources/get';

export const dynamic = 'force-dynamic';
export const GET = route(getSource);
const refuse = notAllowed('source.get');

export { refuse as POST, refuse as PUT, refuse as PATCH, refuse as DELETE };
