import type { JobFilter } from '@/lib/contracts/operations';

type Conditions = NonNullable<JobFilter['data']>;

/** Whether all conditions hold in the JSON text. Text that is no JSON fits none. */
export function matchesData(text: string | null, conditions: Conditions): boolean {
  if (text === null) return false;
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return false;
  }
  return conditions.every(({ path, value }) => at(data, toKeys(path)) === value);
}

/** `user.id` or, where it begins with "/", a JSON pointer. */
function toKeys(path: string): string[] {
  if (!path.startsWith('/')) return path.split('.');
  return path
    .slice(1)
    .split('/')
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function at(data: unknown, keys: string[]): unknown {
  let value = data;
  for (const key of keys) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}
