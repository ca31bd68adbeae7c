import { findDifferences } from '@/lib/failures/differs';
import { notAllowed, route } from '@/lib/http/route';

export const dynamic = 'force-dynamic';
export const GET = route(findDifferences);
const refuse = notAllowed('failure.differs');

export { refuse as POST, refuse as PUT, refuse as PATCH, refuse as DELETE };
