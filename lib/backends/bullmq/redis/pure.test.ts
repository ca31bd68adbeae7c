import { describe, expect, it } from 'vitest';
import type { Beat } from '../control/protocol';
import { parseClientList } from './client-list';
import { joinWorkers } from './list-workers';
import { slotOf } from './masters';
import { EventTranslator } from './to-events';

const b64 = (text: string) => Buffer.from(text).toString('base64');
const line = (name: string, address: string) =>
  `id=3 addr=${address} laddr=127.0.0.1:6379 fd=8 name=${name} age=1 idle=0 flags=b db=0`;

describe('parseClientList', () => {
  it('finds worker connections among others', () => {
    const text = [
      line('', '10.0.0.1:1'),
      line(`bull:${b64('emails')}`, '10.0.0.2:2'),
      line(`bull:${b64('ünï/x')}:w:host:42`, '10.0.0.3:3'),
      line(`bull:${b64('emails')}:qe`, '10.0.0.4:4'),
      line('bull:not base64!', '10.0.0.5:5'),
      line(`other:${b64('emails')}`, '10.0.0.6:6'),
    ].join('\n');
    expect(parseClientList(text, 'bull')).toEqual([
      { queue: 'emails', name: null, address: '10.0.0.2:2' },
      { queue: 'ünï/x', name: 'host:42', address: '10.0.0.3:3' },
    ]);
  });

  it('cannot know where names are not told', () => {
    expect(parseClientList('', 'bull')).toBeNull();
  });
});

const beat = (id: string, queues: string[], ageMs = 0): Beat => ({
  id,
  host: 'h',
  pid: Number(id.replace(/\D/g, '')),
  queues,
  slots: 4,
  lanes: [],
  busy: 1,
  running: [],
  donePerMinute: 2,
  cpu: 0.1,
  memoryBytes: 1,
  startedAt: Date.now() - 1000,
  beatAt: Date.now() - ageMs,
  version: '1',
  status: 'up',
});

describe('joinWorkers', () => {
  it('shows a worker that beats once, with all its queues, and the others by their connections', () => {
    const workers = joinWorkers(
      'main',
      [beat('p7', ['a', 'b']), beat('p8', ['a'], 60_000)],
      [
        { queue: 'a', name: 'h:7', address: '1.1.1.1:10' },
        { queue: 'b', name: null, address: '1.1.1.1:11' },
        { queue: 'a', name: 'other', address: '2.2.2.2:20' },
        { queue: 'b', name: 'other', address: '2.2.2.2:21' },
        { queue: 'a', name: null, address: '3.3.3.3:30' },
      ],
    );
    expect(workers.map(({ id, beats, queues, address, status }) => [id, beats, queues, address, status])).toEqual([
      ['p7', true, ['a', 'b'], '1.1.1.1:10', 'up'],
      ['p8', true, ['a'], null, 'lost'],
      ['other@2.2.2.2', false, ['a', 'b'], '2.2.2.2:20', 'up'],
      ['3.3.3.3:30', false, ['a'], '3.3.3.3:30', 'up'],
    ]);
  });
});

describe('joinWorkers, of workers with names', () => {
  const telling = (id: string, name: string | null, address: string | null): Beat => ({
    ...beat(id, ['a']),
    lanes: [{ queue: 'a', slots: 4, busy: 0, workers: [{ name, address }] }],
  });
  const shown = (workers: ReturnType<typeof joinWorkers>) => workers.map(({ id, address }) => [id, address]);

  it('takes the address that a beat tells before any name', () => {
    const connections = ['1', '2', '3'].map((port) => ({ queue: 'a', name: 'twin', address: `10.0.0.1:${port}` }));
    const beats = [telling('p7', 'twin', '10.0.0.1:3'), telling('p8', 'twin', '10.0.0.1:1')];
    expect(shown(joinWorkers('main', beats, connections))).toEqual([
      ['p7', '10.0.0.1:3'],
      ['p8', '10.0.0.1:1'],
      ['twin@10.0.0.1', '10.0.0.1:2'],
    ]);
    const six = [{ queue: 'a', name: null, address: '[::1]:9' }];
    expect(shown(joinWorkers('main', [telling('p7', null, '::1:9')], six))).toEqual([['p7', '[::1]:9']]);
  });

  it('goes by the name where a network between shows another address, and takes no more than its own', () => {
    const connections = [
      { queue: 'a', name: 'other', address: '10.9.9.9:1' },
      { queue: 'a', name: 'mailer', address: '10.9.9.9:2' },
      { queue: 'a', name: 'mailer', address: '10.9.9.9:3' },
    ];
    expect(shown(joinWorkers('main', [telling('p7', 'mailer', '172.17.0.2:41')], connections))).toEqual([
      ['p7', '10.9.9.9:2'],
      ['other@10.9.9.9', '10.9.9.9:1'],
      ['mailer@10.9.9.9', '10.9.9.9:3'],
    ]);
  });

  it('bears what anybody writes into a beat', () => {
    for (const workers of ['x', 7, [null, 3, { name: 5 }, { name: 'n', address: {} }]]) {
      const odd = { ...beat('p7', ['a']), lanes: [{ queue: 'a', slots: 1, busy: 0, workers }] } as unknown as Beat;
      expect(joinWorkers('main', [odd], [{ queue: 'b', name: 'n', address: '1.1.1.1:1' }])).toHaveLength(2);
    }
  });
});

describe('slotOf', () => {
  it('agrees with Redis Cluster', () => {
    expect(slotOf('123456789')).toBe(12_739);
    expect(slotOf('{user1000}.following')).toBe(slotOf('{user1000}.followers'));
    expect(slotOf('foo{}{bar}')).toBe(slotOf('foo{}{bar}'));
    expect(slotOf('foo')).toBe(12_182);
  });
});

describe('EventTranslator', () => {
  it('gives the name of an added job to its first state', () => {
    const translator = new EventTranslator();
    const fields = [
      '1',
      'added',
      'j',
      'greet',
      '1',
      'waiting',
      'j',
      '',
      '2',
      'active',
      'j',
      '',
      '3',
      'progress',
      'j',
      '{"n":1',
    ];
    expect(translator.translate('q', fields)).toEqual([
      { type: 'state', queue: 'q', id: 'j', at: 1, state: 'waiting', name: 'greet', error: null },
      { type: 'state', queue: 'q', id: 'j', at: 2, state: 'active', name: null, error: null },
      { type: 'progress', queue: 'q', id: 'j', at: 3, progress: '{"n":1' },
    ]);
  });
});
