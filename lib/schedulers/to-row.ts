import type { BrokerScheduler, SchedulerDefinition } from '@/lib/backends/schedulers';
import type { SourceEntry } from '@/lib/context';
import type { Scheduler, SchedulerRow } from '@/lib/contracts/schedulers';
import { describeSchedule, nextRuns } from '@/lib/cron';
import { toIso } from '@/lib/iso-time';
import { parseShallow } from '@/lib/json-depth';
import type { PausedScheduler } from '@/lib/schedulers/paused';
import { KEPT_IN_JOB, type SchedulerAsk, type Standing } from '@/lib/schedulers/standing';
import { type Abilities, listAbilities } from '@/lib/sources/capabilities';
import type { Ask } from '@/lib/verbs';

const VERBS = ['scheduler.put', 'scheduler.remove', 'scheduler.pause', 'scheduler.resume', 'scheduler.run'] as const;
const PAYLOAD_CHARS = 262_144;
const UPCOMING = 10;

/** `paused` = the row of the store that holds it. */
export async function toRow(
  ask: Ask,
  entry: SourceEntry,
  row: BrokerScheduler,
  paused: PausedScheduler | null,
): Promise<SchedulerRow> {
  const { queue, id, name, pattern, everyMs, tz, iterations, limit, legacy, lastRun } = row;
  return {
    source: entry.config.name,
    queue,
    id,
    name,
    pattern,
    everyMs,
    tz,
    words: await describeSchedule(row),
    paused: paused !== null,
    pausedAt: paused?.at.toISOString() ?? null,
    pausedBy: paused?.by ?? null,
    nextRunAt: paused || isOver(row) ? null : toIso(row.nextMs),
    lastRun,
    iterations,
    limit,
    startAt: toIso(row.startMs),
    endAt: toIso(row.endMs),
    legacy,
    ...abilitiesOf(ask, entry, row, paused !== null),
  };
}

/** BullMQ plans the next run when one begins: that it still names one that has begun means that there is no other. */
const isOver = ({ lastRun, nextMs }: BrokerScheduler) => lastRun !== null && Date.parse(lastRun.dueAt) === nextMs;

function abilitiesOf(ask: Ask, { backend }: SourceEntry, { legacy }: BrokerScheduler, paused: boolean): Abilities {
  return listAbilities(ask, backend, VERBS, (verb) => {
    if (legacy && (verb === 'scheduler.put' || verb === 'scheduler.pause')) return KEPT_IN_JOB;
    if (verb === 'scheduler.pause' && paused) return 'It is paused already.';
    if (verb === 'scheduler.resume' && !paused) return 'It is not paused.';
    return null;
  });
}

/** As it would stand in the broker, without its last run. */
export function toBrokerScheduler({ queue, id, definition, nextMs }: PausedScheduler): BrokerScheduler {
  const { name, pattern, everyMs, tz, startMs, endMs, limit, iterations } = definition;
  const timing = { pattern, everyMs, tz, startMs, endMs };
  return { queue, id, name, ...timing, nextMs, iterations, limit, legacy: false, lastRun: null };
}

export async function toScheduler({ ask, entry, schedulers }: SchedulerAsk, standing: Standing): Promise<Scheduler> {
  const paused = standing.kind === 'paused' ? standing.paused : null;
  const definition = standing.kind === 'live' ? standing.found.definition : standing.paused.definition;
  const isTemplateKnown = standing.kind === 'paused' || standing.found.templateFault === null;
  const [row] =
    standing.kind === 'live' ? [standing.found.row] : await schedulers.lastRuns([toBrokerScheduler(standing.paused)]);
  if (!row) throw new Error('lastRuns answered no row');
  return {
    ...(await toRow(ask, entry, row, paused)),
    template: isTemplateKnown
      ? { name: definition.name, data: toPayload(definition.data), options: parseShallow(definition.opts) ?? {} }
      : null,
    upcoming: listUpcoming(row, definition, paused !== null),
  };
}

function toPayload(text: string) {
  const sizeBytes = Buffer.byteLength(text);
  if (text.length <= PAYLOAD_CHARS) return { text, sizeBytes, truncated: false };
  return { text: text.slice(0, PAYLOAD_CHARS).replace(/[\ud800-\udbff]$/, ''), sizeBytes, truncated: true };
}

/** Of a pattern without a time zone only the run that the worker planned is known. */
function listUpcoming(row: BrokerScheduler, { limit, iterations }: SchedulerDefinition, paused: boolean): string[] {
  if (!paused && isOver(row)) return [];
  const known = paused ? null : row.nextMs;
  if (row.pattern !== null && row.tz === null) return [toIso(known)].flatMap((at) => at ?? []);
  const left = limit === null ? UPCOMING : limit - (iterations ?? 1) + 1;
  const count = Math.max(0, Math.min(UPCOMING, left));
  const fromMs = known === null ? Date.now() : known - 1;
  return nextRuns(row, { fromMs, count, anchorMs: known }).runs.flatMap((at) => toIso(at) ?? []);
}
