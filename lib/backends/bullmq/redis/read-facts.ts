import type { SourceFacts } from '@/lib/backends/backend';
import { CodedError } from '@/lib/contracts/errors';
import { type RedisLink, unlessRefused } from './link';
import { mastersOf } from './masters';

const KEPT_MS = 900;
/** LPOS, ZRANGE … REV and what BullMQ 6 itself asks for. */
const OLDEST_SERVER = [6, 2] as const;

/** Reads what the server says of itself; remembers since when it is up or down. */
export class FactsReader {
  #last: SourceFacts | null = null;
  #at = 0;
  #running: Promise<SourceFacts> | null = null;

  constructor(private readonly link: RedisLink) {}

  read(): Promise<SourceFacts> {
    if (this.#last && Date.now() - this.#at < KEPT_MS) return Promise.resolve(this.#last);
    this.#running ??= this.#read().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #read(): Promise<SourceFacts> {
    const now = await this.#ask();
    const same = this.#last?.status === now.status;
    this.#last = { ...now, since: same ? (this.#last?.since ?? null) : new Date().toISOString() };
    this.#at = Date.now();
    return this.#last;
  }

  async #ask(): Promise<Omit<SourceFacts, 'since'>> {
    const { rights } = this.link;
    try {
      return await this.link.call(async () => {
        const [node] = await mastersOf(this.link);
        if (!node) throw new Error('Connection is closed.');
        const asked = performance.now();
        await unlessRefused(node.ping());
        const latencyMs = Math.round((performance.now() - asked) * 100) / 100;
        const info = await Promise.all(['server', 'memory'].map((part) => unlessRefused(node.info(part))));
        await (info.includes(null) ? rights.look() : rights.check());
        const facts = toFacts(info.join('\n'), latencyMs, this.#last?.version ?? null);
        const { blocking: reason, missing: missingRights } = rights;
        return { ...facts, ...(reason === null ? {} : { status: 'restricted', reason }), missingRights };
      });
    } catch (error) {
      const reason = error instanceof CodedError ? error.detail : 'The broker answers in a way that is not understood.';
      const version = this.#last?.version ?? null;
      const { missing: missingRights } = rights;
      return { backend: 'bullmq-redis', version, status: 'down', reason, memory: null, latencyMs: null, missingRights };
    }
  }
}

/** Of all primaries together. */
export function readCommandCount(link: RedisLink): Promise<number | null> {
  return link.call(async () => {
    const stats = await Promise.all((await mastersOf(link)).map((node) => unlessRefused(node.info('stats'))));
    const counts = stats.map((text) => Number(/^total_commands_processed:(\d+)/m.exec(text ?? '')?.[1] ?? Number.NaN));
    const sum = counts.reduce((total, count) => total + count, 0);
    return Number.isNaN(sum) ? null : sum;
  });
}

function toFacts(info: string, latencyMs: number, known: string | null): Omit<SourceFacts, 'since' | 'missingRights'> {
  const field = (name: string) => new RegExp(`^${name}:(.*)$`, 'm').exec(info)?.[1]?.trim() ?? null;
  const redis = field('redis_version');
  const own = [
    ['Valkey', field('valkey_version')],
    ['Dragonfly', field('dragonfly_version')],
    ['Redis', redis],
  ].find(([, version]) => version);
  const tooOld = own?.[0] === 'Redis' && isOlder(redis ?? '');
  const used = Number(field('used_memory') ?? Number.NaN);
  return {
    backend: 'bullmq-redis',
    version: own ? `${own[0]} ${own[1]?.replace(/^df-v?/, '')}` : known,
    status: tooOld ? 'incompatible' : 'up',
    reason: tooOld ? `Redis ${redis} is too old: ${OLDEST_SERVER.join('.')} or newer is needed.` : null,
    memory: Number.isFinite(used) ? { usedBytes: used, maxBytes: Number(field('maxmemory')) || null } : null,
    latencyMs,
  };
}

function isOlder(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < OLDEST_SERVER[0] || (major === OLDEST_SERVER[0] && minor < OLDEST_SERVER[1]);
}
