import { notAllowed, route } from '@/lib/http/route';
import { exposeMetrics } from '@/lib/metrics/prometheus';

export const dynamic = 'force-dynamic';
export const GET = route(exposeMetrics);
const refuse = notAllowed('metric.prometheus');

export { refuse as POST, refuse as PUT, refuse as PATCH, refuse as DELETE };
