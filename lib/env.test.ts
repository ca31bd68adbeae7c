import { describe, expect, it } from 'vitest';
import { type EnvError, loadEnv } from './env';

const A = { name: 'a', url: 'redis://10.0.0.1' };
const B = { name: 'b', url: 'postgres://10.0.0.2/jobs' };
const OWN = { name: 'default', url: 'redis://127.0.0.1:1', embedded: true };

/** Names of the sources that have our worker. */
function workers(worker: string | undefined, ...sources: object[]): string[] {
  const env = loadEnv({ QUEUEDECK_SOURCES: JSON.stringify(sources), QUEUEDECK_WORKER: worker });
  return env.sources.filter((source) => source.worker).map(({ name }) => name);
}

function problemsOf(env: Record<string, string>): string[] {
  try {
    loadEnv(env);
    return [];
  } catch (error) {
    return (error as EnvError).problems.map(({ path, message }) => `${path}: ${message}`);
  }
}

describe('which sources have our worker', () => {
  it('is none that is configured, unless asked for', () => {
    expect(workers(undefined, A)).toEqual([]);
    expect(workers('', A, B)).toEqual([]);
    expect(loadEnv({ REDIS_URL: 'redis://127.0.0.1' }).sources).toMatchObject([{ name: 'default', worker: false }]);
  });

  it('is the embedded one, unless told otherwise', () => {
    expect(workers(undefined, OWN)).toEqual(['default']);
    expect(workers(undefined, { ...OWN, worker: false })).toEqual([]);
    expect(workers('0', OWN)).toEqual([]);
    expect(workers('1', OWN)).toEqual(['default']);
  });

  it('is told by the entry, by name, or by 1 where there is one', () => {
    expect(workers(undefined, { ...A, worker: true }, B)).toEqual(['a']);
    expect(workers('1', A)).toEqual(['a']);
    expect(workers('b', A, B)).toEqual(['b']);
    expect(workers(' b , a ', A, B)).toEqual(['a', 'b']);
    expect(workers('b', { ...A, worker: true }, B)).toEqual(['a', 'b']);
    expect(loadEnv({ REDIS_URL: 'redis://127.0.0.1', QUEUEDECK_WORKER: '1' }).sources[0]?.worker).toBe(true);
    expect(workers('1', { ...A, name: '1' }, B), 'a source may be called 1').toEqual(['1']);
  });

  it('is nowhere with 0, whatever the entries say', () => {
    expect(workers('0', { ...A, worker: true }, B)).toEqual([]);
  });

  it('is refused with the names there are, where it cannot be meant', () => {
    const sources = JSON.stringify([A, B]);
    const refused = (worker: string, more: object = { QUEUEDECK_SOURCES: sources }) =>
      problemsOf({ QUEUEDECK_WORKER: worker, ...more });
    expect(refused('1')).toEqual([
      'QUEUEDECK_WORKER: 1 means the only source, and there are 2: name those meant (a, b)',
    ]);
    expect(refused('c, a')).toEqual(['QUEUEDECK_WORKER: names "c", which is no source; there is a, b']);
    expect(refused('true')).toEqual(['QUEUEDECK_WORKER: names "true", which is no source; there is a, b']);
    expect(refused(' , ')).toEqual(['QUEUEDECK_WORKER: names no source; there is a, b']);
    expect(refused('prod', {})).toEqual(['QUEUEDECK_WORKER: names "prod", which is no source; there is default']);
    expect(refused('1', {})).toEqual([]);
    expect(refused('0', {})).toEqual([]);
    expect(refused('default', {})).toEqual([]);
  });

  it('is refused where an entry says something else than yes or no', () => {
    const sources = JSON.stringify([{ ...A, worker: 'yes' }]);
    expect(problemsOf({ QUEUEDECK_SOURCES: sources, QUEUEDECK_WORKER: 'a' })).toEqual([
      expect.stringMatching(/^QUEUEDECK_SOURCES\[0\]\.worker: /),
    ]);
  });
});
