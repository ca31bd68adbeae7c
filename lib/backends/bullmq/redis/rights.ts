import type { MissingRight } from '@/lib/contracts/sources';
import { describeOutage, isRefusal } from '../broker-errors';

/** What was found missing is believed for so long, and that nothing is: much of what is refused is refused within scripts, unheard. */
const BELIEVED_MS = 60_000;
const TRUSTED_MS = 600_000;

/** Commands that watching uses, by what they feed. `ask`: a harmless call of it; `K` stands for a key that is not there. */
const FEEDS: [costs: string, calls: string[]][] = [
  ['no queue can be read', ['EVAL return(1) 0', 'EVALSHA e0e1f9fabfc9d4800c877a703b823ac0578ff8db 0', 'HMGET K f']],
  ['memory, version, settings and what we cost it are not known', ['INFO server']],
  ['new queues are not found: name those there are in "queues" of its entry', ['SCAN 0 COUNT 1']],
  ['a new queue is found up to 5 s late', ['DBSIZE']],
  ['a new queue is heard up to 2 s late', ['CLIENT ID', 'CLIENT UNBLOCK 0']],
  ['workers without the control module are not seen', ['CLIENT LIST ID 0']],
  ['our own connections have no name in its list of clients', ['CLIENT SETNAME queuedeck-reads']],
  ['each look at it is noted in its ACL LOG', ['PING']],
  ['whether it takes snapshots is not known', ['CONFIG GET save']],
  ['whether others keep keys there is not known', ['RANDOMKEY']],
  ['sizes of jobs are estimated', ['MEMORY USAGE K']],
  ['which queues hold the largest jobs is not known', ['ZRANDMEMBER K']],
  ["its clock is not known: this machine's is taken", ['TIME']],
  ['nothing is seen live, and nothing is recorded', ['XREAD COUNT 1 STREAMS K $']],
  ['whether events went by unread is not known', ['XRANGE K - + COUNT 1', 'XLEN K', 'XINFO STREAM K']],
  ['how fast a queue moves is not known', ['XREVRANGE K + - COUNT 1']],
  ['jobs that wait or run are not known', ['LLEN K', 'LRANGE K 0 0', 'LINDEX K 0']],
  [
    'jobs that are delayed, prioritized or over, and schedulers, are not known',
    ['ZCARD K', 'ZRANGE K 0 0', 'ZREVRANGE K 0 0', 'ZRANGEBYSCORE K 0 0', 'ZSCORE K x'],
  ],
  [
    "later pages of lists, and a job's place in its queue, are not known",
    ['ZRANK K x', 'ZREVRANK K x', 'ZCOUNT K 0 0', 'LPOS K x'],
  ],
  ['what jobs hold is not known', ['HGET K f', 'HSTRLEN K f', 'HKEYS K', 'HLEN K', 'HSCAN K 0']],
  ['what workers with the control module tell, and what schedulers and removed jobs hold, is not known', ['HGETALL K']],
  ['children of jobs are not known', ['SCARD K', 'SSCAN K 0', 'SISMEMBER K x', 'SMEMBERS K']],
  ['single jobs and schedulers cannot be looked up', ['EXISTS K', 'HEXISTS K f', 'TYPE K']],
  ['rate limits and locks are not known', ['GET K', 'PTTL K']],
];

const toCalls = (costs: string, calls: string[]) => calls.map((call) => ({ costs, words: call.split(' ') }));
const CALLS = FEEDS.flatMap(([costs, calls]) => toCalls(costs, calls));
const [ESSENTIAL = ''] = FEEDS[0] ?? [];
/** Subcommands are rights of their own. */
const nameOf = ([name = '', second = '']: string[]): string =>
  ['CLIENT', 'CONFIG', 'MEMORY', 'XINFO'].includes(name) ? `${name} ${second}` : name;

const remedyOf = (right: string) => `+${right.toLowerCase().replace(' ', '|')}`;
/** What grants the commands that watching uses, as in an ACL rule. */
export const ASKED_RIGHTS: readonly string[] = CALLS.map(({ words }) => remedyOf(nameOf(words)));

const OWN_KEYS = { right: 'keys of queuedeck', costs: 'what workers with the control module tell is not known' };
/** The command is allowed, and the key is not. */
const isOfKeys = (error: Error | null | undefined) => /one of the keys|access a key/.test(error?.message ?? '');

export type AskAll = (commands: string[][]) => Promise<[error: Error | null, value: unknown][]>;

/**
 * Which rights a broker's user lacks. A refusal inside a script does not say of which command, so each command that we use is called
 * once, harmlessly, on a key that is not there.
 */
export class Rights {
  #missing: MissingRight[] = [];
  #refusedQueues: readonly string[] = [];
  #askedAt = Number.NEGATIVE_INFINITY;
  #asking: Promise<void> | null = null;

  readonly #calls: { costs: string; words: string[] }[];

  /** `db`: the number of the database; another than 0 is one to be chosen. */
  constructor(
    private readonly prefix: string,
    db: number,
    private readonly ask: AskAll,
  ) {
    this.#calls = db > 0 ? [...toCalls(ESSENTIAL, [`SELECT ${db}`]), ...CALLS] : CALLS;
  }

  get missing(): MissingRight[] {
    const names = this.#refusedQueues;
    if (names.length === 0 || this.blocking !== null) return this.#missing;
    const some = names.slice(0, 3).map((name) => `"${name.slice(0, 60)}"`);
    const more = names.length > some.length ? ` and ${names.length - some.length} more` : '';
    const costs = `${names.length === 1 ? 'one queue' : `${names.length} queues`} cannot be read: ${some.join(', ')}${more}`;
    return [...this.#missing, { right: 'keys', costs, remedy: `~${this.prefix}:*` }];
  }

  /** Why no queue at all can be read; null where some can be. */
  get blocking(): string | null {
    const found = this.#missing.filter((one) => one.costs === ESSENTIAL);
    if (found.length === 0) return null;
    const [names, remedies] = [found.map(({ right }) => right), found.map(({ remedy }) => remedy)];
    return `The broker's user may not run ${names.join(', ')}: ${ESSENTIAL}; add ${remedies.join(' ')}.`;
  }

  /** Where no queue is left that may be read: that there are some. */
  get blindness(): string | null {
    const names = this.#refusedQueues;
    if (names.length === 0) return null;
    return `The broker's user may not read the keys of any queue (there are ${names.length}): add ~${this.prefix}:*.`;
  }

  /** Queues that were found, and whose keys are refused. */
  noteQueues(refused: readonly string[]): void {
    this.#refusedQueues = refused;
  }

  /** To be asked with the source's other facts: looks at first, and from time to time. */
  async check(): Promise<void> {
    if (this.#asking) return this.#asking;
    const keptMs = this.#missing.length > 0 ? BELIEVED_MS : TRUSTED_MS;
    if (performance.now() - this.#askedAt >= keptMs) await this.look();
  }

  /** Something was refused: finds out what; at most once a minute. */
  look(): Promise<void> {
    if (performance.now() - this.#askedAt < BELIEVED_MS) return this.#asking ?? Promise.resolve();
    this.#askedAt = performance.now();
    this.#asking = this.#look()
      .catch(() => {
        this.#askedAt = Number.NEGATIVE_INFINITY;
      })
      .finally(() => {
        this.#asking = null;
      });
    return this.#asking;
  }

  async #look(): Promise<void> {
    const key = `${this.prefix}:queuedeck-rights:none`;
    const commands = this.#calls.map(({ words }) => words.map((word) => (word === 'K' ? key : word)));
    const replies = await this.ask([...commands, ['EXISTS', `queuedeck:${this.prefix}:beats`]]);
    // What did not answer has refused nothing.
    const silent = replies.find(([error]) => error && (error.name !== 'ReplyError' || describeOutage(error) !== null));
    if (silent) throw silent[0];
    this.#missing = this.#calls.flatMap(({ costs, words }, i) => {
      const error = replies[i]?.[0];
      // Of keys, only some may be allowed: that costs those queues, and is told for them.
      if (!error || !isRefusal(error) || isOfKeys(error)) return [];
      const right = nameOf(words);
      return [{ right, costs, remedy: remedyOf(right) }];
    });
    if (isOfKeys(replies.at(-1)?.[0])) this.#missing.push({ ...OWN_KEYS, remedy: `~queuedeck:${this.prefix}:*` });
  }
}
