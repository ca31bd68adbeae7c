import { notAllowed, route } from '@/lib/http/route';
import { describeApi } from '@/lib/system/openapi';

export const dynamic = 'force-dynamic';
export const GET = route(describeApi);
const refuse = notAllowed('system.openapi');

export { refuse as POST, refuse as PUT, refuse as PATCH, refuse as DELETE };
