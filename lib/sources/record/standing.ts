import type { SourceEntry } from '@/lib/context';
import type { RecordStanding } from '@/lib/contracts/recorder';
import { formatDuration, formatPlural } from '@/lib/format';
import { LAG_MS } from '@/lib/store/recording/lag';
import { countSetAside } from '@/lib/store/recording/set-aside';
import type { Store } from '@/lib/store/store';

const LATE_MS = 30_000;
/** A monitor that is restarted, or takes over from one that died, is there by then. */
const NOBODY_MS = 10_000;
const CACHE_MS = 2_000;

interface Row {
  source: string;
  is_held: boolean;
  lag: number | null;
  silent: number;
}

const caches = new WeakMap<Store, { at: number; told: Promise<RecordStanding[]> }>();

/** Of all sources that can be recorded, as the monitors wrote it; one reading within two seconds for all who ask. */
export function readRecordStandings(
  store: Store,
  sources: ReadonlyMap<string, SourceEntry>,
): Promise<readonly RecordStanding[]> {
  const cached = caches.get(store);
  if (cached && Date.now() - cached.at < CACHE_MS) return cached.told;
  const told = read(
    store,
    [...sources.values()].flatMap(({ backend }) => (backend.recording ? [backend.name] : [])),
  );
  caches.set(store, { at: Date.now(), told });
  told.catch(() => caches.delete(store));
  return told;
}

async function read(store: Store, names: string[]): Promise<RecordStanding[]> {
  const [rows, setAside] = await Promise.all([
    store.query<Row & { [column: string]: unknown }>(
      `SELECT source, coalesce(lease_until > clock_timestamp(), false) AS is_held,
              ${LAG_MS} AS lag,
              (extract(epoch FROM clock_timestamp() - updated_at) * 1000)::float8 AS silent
         FROM queuedeck.recorder WHERE source = ANY($1::text[])`,
      [names],
    ),
    countSetAside(store, names),
  ]);
  const known = new Map(rows.map((row) => [row.source, row]));
  return names.map((source) => {
    const row = known.get(source);
    const lagMs = row?.lag == null ? null : Math.round(row.lag);
    return { source, state: stateOf(row, lagMs), lagMs, setAside: setAside.get(source) ?? 0 };
  });
}

function stateOf(row: Row | undefined, lagMs: number | null): RecordStanding['state'] {
  if (!row || ((!row.is_held || lagMs === null) && row.silent > NOBODY_MS)) return 'nobody';
  return (lagMs ?? 0) > LATE_MS ? 'late' : 'recording';
}

/** What is wrong with a record, in one sentence; null = nothing. */
export function describeStanding({ state, lagMs, setAside }: RecordStanding): string | null {
  const said = [
    state === 'nobody' && 'no monitor records it',
    state === 'late' && `the record is ${formatDuration(lagMs)} behind`,
    setAside > 0 && `${formatPlural(setAside, 'job or queue', 'jobs or queues')} set aside within 24 h`,
  ].filter((part) => part !== false);
  return said.length === 0 ? null : said.join('; ');
}
