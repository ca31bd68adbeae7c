import { ROUTES, type VerbName } from '@/lib/contracts/routes';

/** Who asks. Until sign-in exists everything is loopback-only and there is one actor: the person at this machine. */
export interface Actor {
  kind: 'local' | 'system';
  name: string;
  role: Role;
}

export type Role = 'viewer' | 'operator';

export const LOCAL_ACTOR: Actor = { kind: 'local', name: 'local', role: 'operator' };

const READS = new Set<VerbName>([
  'source.list',
  'source.get',
  'source.recorder',
  'source.recorders',
  'queue.list',
  'queue.get',
  'queue.rate-limit',
  'queue.meta',
  'queue.why',
  'job.search',
  'job.suggest',
  'job.export',
  'job.history',
  'job.compare',
  'job.list',
  'job.get',
  'job.why',
  'job.logs',
  'job.file',
  'view.list',
  'failure.list',
  'failure.get',
  'failure.differs',
  'deploy.list',
  'metric.series',
  'metric.summary',
  'metric.prometheus',
  'scheduler.list',
  'scheduler.preview',
  'scheduler.get',
  'flow.list',
  'flow.get',
  'flow.failures',
  'worker.list',
  'task.list',
  'task.runs',
  'operation.preview',
  'operation.list',
  'operation.get',
  'operation.outcomes',
  'bin.list',
  'live.stream',
  'system.health',
  'system.ready',
  'system.openapi',
]);

const ALLOWED: Record<Role, ReadonlySet<VerbName>> = {
  viewer: READS,
  operator: new Set(Object.keys(ROUTES) as VerbName[]),
};

/** The one permission question: may this role do this verb? The verb's name is the permission. */
export function mayDo(actor: Actor, verb: VerbName): boolean {
  return ALLOWED[actor.role].has(verb);
}
