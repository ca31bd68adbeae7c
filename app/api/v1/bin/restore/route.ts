import { restoreFromBin } from '@/lib/bin/restore';
import { notAllowed, route } from '@/lib/http/route';

export const dynamic = 'force-dynamic';
export const POST = route(restoreFromBin);
const refuse = notAllowed('bin.restore');

export { refuse as GET, refuse as PUT, refuse as PATCH, refuse as DELETE };
