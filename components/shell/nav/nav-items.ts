/** Where the rail leads: only what exists. `key` is pressed after g. */
export const NAV_ITEMS = [
  { id: 'overview', href: '/', label: 'Overview', key: 'o' },
  { id: 'queues', href: '/queues', label: 'Queues', key: 'q' },
  { id: 'jobs', href: '/jobs', label: 'Jobs', key: 'j' },
  { id: 'failures', href: '/failures', label: 'Failures', key: 'f' },
  { id: 'workers', href: '/workers', label: 'Workers', key: 'w' },
  { id: 'schedulers', href: '/schedulers', label: 'Schedulers', key: 's' },
  { id: 'flows', href: '/flows', label: 'Flows', key: 'l' },
  { id: 'tasks', href: '/tasks', label: 'Tasks', key: 't' },
  { id: 'operations', href: '/operations', label: 'Operations', key: 'p' },
  { id: 'api', href: '/docs/api', label: 'API', key: 'a' },
] as const;

export type NavId = (typeof NAV_ITEMS)[number]['id'];

export function isCurrent(href: string, path: string): boolean {
  return href === '/' ? path === '/' : path === href || path.startsWith(`${href}/`);
}
