import type { Scope } from '@/lib/live/latest';
import type { LiveStream } from '@/lib/live/send/live-stream';
import { sourceChannel, type Topic, topicChannel } from '@/lib/live/topics';

/** The streams that watch exactly the same topics: what one of them is sent serves them all. */
export interface Audience {
  key: string;
  topics: readonly Topic[];
  channels: readonly string[];
  /** Whose figures are told, and of which queues. */
  scopes: ReadonlyMap<string, Scope>;
  hasOverview: boolean;
  /** Has topics whose events cannot be had from the figures alone. */
  hasEvents: boolean;
  streams: Set<LiveStream>;
}

export function audienceKey(topics: readonly Topic[]): string {
  return topics.map(topicChannel).sort().join('\u0001');
}

export function makeAudience(topics: readonly Topic[], allSources: readonly string[]): Audience {
  const hasOverview = topics.some((topic) => topic.kind === 'overview');
  const scopes = new Map<string, Scope>();
  if (hasOverview) for (const source of allSources) scopes.set(source, 'all');
  for (const topic of topics) {
    if (topic.kind === 'overview' || topic.kind === 'operations') continue;
    const scope = scopes.get(topic.source) ?? new Set<string>();
    if (scope !== 'all' && topic.kind === 'queue') scopes.set(topic.source, new Set([...scope, topic.queue]));
    else scopes.set(topic.source, scope);
  }
  return {
    key: audienceKey(topics),
    topics,
    channels: [...topics.map(topicChannel), ...[...scopes.keys()].map(sourceChannel)],
    scopes,
    hasOverview,
    hasEvents: topics.some((topic) => topic.kind !== 'overview'),
    streams: new Set(),
  };
}

/** Audiences by what they listen to. */
export class AudienceIndex {
  #byKey = new Map<string, Audience>();
  #byChannel = new Map<string, Set<Audience>>();

  find(key: string): Audience | undefined {
    return this.#byKey.get(key);
  }

  add(audience: Audience): void {
    this.#byKey.set(audience.key, audience);
    for (const channel of audience.channels) {
      const listening = this.#byChannel.get(channel) ?? new Set();
      this.#byChannel.set(channel, listening.add(audience));
    }
  }

  /** Returns the channels that nobody listens to any more. */
  remove(audience: Audience): string[] {
    this.#byKey.delete(audience.key);
    return audience.channels.filter((channel) => {
      const listening = this.#byChannel.get(channel);
      listening?.delete(audience);
      if (listening && listening.size > 0) return false;
      this.#byChannel.delete(channel);
      return true;
    });
  }

  listening(channel: string): Iterable<Audience> {
    return this.#byChannel.get(channel) ?? [];
  }

  all(): Iterable<Audience> {
    return this.#byKey.values();
  }
}

/** What it needs of a source's watch. */
export function needOf(audience: Audience, source: string): { figures: boolean; workers: boolean } {
  const scope = audience.scopes.get(source);
  return { figures: scope === 'all' || (scope?.size ?? 0) > 0, workers: audience.hasOverview };
}

export const watchesOperations = ({ topics }: Audience) => topics.some(({ kind }) => kind === 'operations');

export function* jobsOf(audience: Audience): Generator<{ source: string; queue: string; id: string }> {
  for (const topic of audience.topics)
    if (topic.kind === 'job') yield { source: topic.source, queue: topic.queue, id: topic.job };
}
