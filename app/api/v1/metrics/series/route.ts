import { notAllowed, route } from '@/lib/http/route';
import { readSeries } from '@/lib/metrics/series';

export const dynamic = 'force-dynamic';
export const GET = route(readSeries);
const refuse = notAllowed('metric.series');

export { refuse as POST, refuse as PUT, refuse as PATCH, refuse as DELETE };
