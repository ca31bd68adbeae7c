import { describe, expect, it } from 'vitest';
import { BrokerTime, parseCommandStats } from './broker-time';

const STATS = `# Commandstats
cmdstat_hmget:calls=21,usec=120,usec_per_call=5.50,rejected_calls=0,failed_calls=0
cmdstat_config|get:calls=1,usec=20,usec_per_call=20.00,rejected_calls=0,failed_calls=0
cmdstat_xread:calls=4,usec=400,usec_per_call=100.00,rejected_calls=0,failed_calls=0
`;

describe('the time that our commands took a Redis', () => {
  it('reads what it keeps of each command', () => {
    expect([...parseCommandStats(STATS.replaceAll('\n', '\r\n'))]).toEqual([
      ['hmget', 5.5],
      ['config|get', 20],
      ['xread', 100],
    ]);
  });

  it('is not known before the broker told, and grows with what is sent', async () => {
    const time = new BrokerTime();
    time.note('xread', 10);
    expect(time.ms).toBeNull();
    let asked = 0;
    const read = async () => {
      asked += 1;
      return STATS;
    };
    time.refresh(read);
    time.refresh(read);
    await Promise.resolve();
    await Promise.resolve();
    expect(asked).toBe(1);
    expect(time.ms).toBeCloseTo(1);
    time.note('hmget', 200);
    time.note('unknown', 5);
    expect(time.ms).toBeCloseTo(2.1);
  });
});
