import { addDeploy } from '@/lib/deploys/add';
import { listDeploys } from '@/lib/deploys/list';
import { notAllowed, route } from '@/lib/http/route';

export const dynamic = 'force-dynamic';
export const GET = route(listDeploys);
export const POST = route(addDeploy);
const refuse = notAllowed('deploy.list', 'deploy.add');

export { refuse as PUT, refuse as PATCH, refuse as DELETE };
