import { describe, expect, it } from 'vitest';
import { CodedError } from '@/lib/contracts/errors';
import { Topics } from '@/lib/contracts/live';
import { jobChannel, parseTopics, queueChannel, topicChannel } from '@/lib/live/topics';

describe('topics', () => {
  it('reads the three kinds, each part decoded once', () => {
    const text = 'overview,queue:a/b%2Fc%3A,job:a/b%2Fc/100%2525';
    expect(parseTopics(Topics.parse(text))).toEqual([
      { kind: 'overview' },
      { kind: 'queue', source: 'a', queue: 'b/c:' },
      { kind: 'job', source: 'a', queue: 'b/c', job: '100%25' },
    ]);
  });

  it('drops doubles, however they are written', () => {
    expect(parseTopics(['queue:a/b', 'queue:a/%62', 'overview', 'overview'])).toHaveLength(2);
  });

  it('names the field of a broken escape', () => {
    expect(() => parseTopics(['queue:a/%E0%A4%A'])).toThrow(CodedError);
  });

  it('refuses more than fifty, and what is no topic', () => {
    expect(Topics.safeParse(Array.from({ length: 51 }, (_, i) => `queue:s/${i}`).join(',')).success).toBe(false);
    for (const bad of ['', 'all', 'queue:a', 'queue:a/b/c', 'job:a/b', 'job:a/b/c/d'])
      expect(Topics.safeParse(bad).success).toBe(false);
  });

  it('keeps names apart that would look alike when joined', () => {
    expect(queueChannel('a', 'b/c')).not.toBe(queueChannel('a/b', 'c'));
    expect(topicChannel({ kind: 'job', source: 'a', queue: 'b', job: 'c' })).toBe(jobChannel('a', 'b', 'c'));
  });
});
