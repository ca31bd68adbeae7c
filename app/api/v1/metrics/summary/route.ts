import { notAllowed, route } from '@/lib/http/route';
import { readSummary } from '@/lib/metrics/summary';

export const dynamic = 'force-dynamic';
export const GET = route(readSummary);
const refuse = notAllowed('metric.summary');

export { refuse as POST, refuse as PUT, refuse as PATCH, refuse as DELETE };
