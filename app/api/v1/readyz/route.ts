import { notAllowed, route } from '@/lib/http/route';
import { checkReady } from '@/lib/system/ready';

export const dynamic = 'force-dynamic';
export const GET = route(checkReady);
const refuse = notAllowed('system.ready');

export { refuse as POST, refuse as PUT, refuse as PATCH, refuse as DELETE };
