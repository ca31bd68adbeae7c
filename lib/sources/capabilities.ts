import { type Actor, mayDo } from '@/lib/auth/permissions';
import type { QueueBackend } from '@/lib/backends/backend';
import { CAPABILITIES } from '@/lib/backends/capabilities';
import type { VerbName } from '@/lib/contracts/routes';

export interface Abilities {
  can: string[];
  cannot: Record<string, string>;
}

interface Asker {
  actor: Actor;
  env: { readOnly: boolean };
}

/**
 * backend ∩ role ∩ not read-only ∩ `refuse`, the noun's own reasons (a sentence, or null where the verb applies).
 */
export function listAbilities(
  { actor, env }: Asker,
  backend: QueueBackend,
  verbs: readonly VerbName[],
  refuse: (verb: VerbName) => string | null = () => null,
): Abilities {
  const abilities: Abilities = { can: [], cannot: {} };
  for (const verb of verbs) {
    const reason = refuseByFrame(verb) ?? refuse(verb);
    if (reason === null) abilities.can.push(verb);
    else abilities.cannot[verb] = reason;
  }
  return abilities;

  function refuseByFrame(verb: VerbName): string | null {
    const method = (CAPABILITIES as Partial<Record<VerbName, keyof QueueBackend>>)[verb];
    if (method !== undefined && backend[method] === undefined)
      return backend.cannot?.[verb] ?? `The backend ${backend.kind} has no way to do this.`;
    if (!mayDo(actor, verb)) return `Your role (${actor.role}) does not include it.`;
    return env.readOnly ? 'This Queuedeck is read-only (QUEUEDECK_READ_ONLY).' : null;
  }
}
