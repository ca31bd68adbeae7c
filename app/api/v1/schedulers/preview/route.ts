import { notAllowed, route } from '@/lib/http/route';
import { previewSchedule } from '@/lib/schedulers/preview';

export const dynamic = 'force-dynamic';
export const POST = route(previewSchedule);
const refuse = notAllowed('scheduler.preview');

export { refuse as GET, refuse as PUT, refuse as PATCH, refuse as DELETE };
