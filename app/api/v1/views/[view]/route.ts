import { notAllowed, route } from '@/lib/http/route';
import { removeView, replaceView } from '@/lib/views/save';

export const dynamic = 'force-dynamic';
export const PUT = route(replaceView);
export const DELETE = route(removeView);
const refuse = notAllowed('view.replace', 'view.remove');

export { refuse as GET, refuse as POST, refuse as PATCH };
