import { notAllowed, route } from '@/lib/http/route';
import { checkHealth } from '@/lib/system/health';

export const dynamic = 'force-dynamic';
export const GET = route(checkHealth);
const refuse = notAllowed('system.health');

export { refuse as POST, refuse as PUT, refuse as PATCH, refuse as DELETE };
