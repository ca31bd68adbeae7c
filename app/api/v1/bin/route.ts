import { listBin } from '@/lib/bin/list';
import { notAllowed, route } from '@/lib/http/route';

export const dynamic = 'force-dynamic';
export const GET = route(listBin);
const refuse = notAllowed('bin.list');

export { refuse as POST, refuse as PUT, refuse as PATCH, refuse as DELETE };
