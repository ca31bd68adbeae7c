import { notAllowed, route } from '@/lib/http/route';
import { listViews } from '@/lib/views/list';
import { createView } from '@/lib/views/save';

export const dynamic = 'force-dynamic';
export const GET = route(listViews);
export const POST = route(createView);
const refuse = notAllowed('view.list', 'view.create');

export { refuse as PUT, refuse as PATCH, refuse as DELETE };
