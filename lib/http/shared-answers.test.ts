import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { SharedAnswers } from './shared-answers';

describe('shared answers', () => {
  it('are asked for once by all who come within their time, and anew after it', async () => {
    const answers = new SharedAnswers();
    let asked = 0;
    const ask = async () => {
      asked += 1;
      return asked;
    };
    expect(await Promise.all([1, 2, 3].map(() => answers.get('a', 300, ask)))).toEqual([1, 1, 1]);
    expect(await answers.get('b', 300, ask)).toBe(2);
    await sleep(350);
    expect(await answers.get('a', 300, ask)).toBe(3);
  });

  it('that failed are nobody else’s: who came meanwhile asks for himself, who comes later anew', async () => {
    const answers = new SharedAnswers();
    const fail = async () => {
      await sleep(50);
      throw new Error('no');
    };
    const first = answers.get('a', 10_000, fail);
    const second = answers.get('a', 10_000, async () => 'mine');
    await expect(first).rejects.toThrow('no');
    expect(await second).toBe('mine');
    expect(await answers.get('a', 10_000, async () => 'later')).toBe('later');
  });

  it('are kept for a hundred questions at most', async () => {
    const answers = new SharedAnswers();
    let asked = 0;
    const ask = async () => {
      asked += 1;
    };
    for (let n = 0; n < 101; n += 1) await answers.get(`${n}`, 10_000, ask);
    await answers.get('99', 10_000, ask);
    await answers.get('100', 10_000, ask);
    expect(asked).toBe(102);
  });
});
