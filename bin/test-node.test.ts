import { expect, it } from 'vitest';
import { canRunTests } from './test-node.mjs';

it('tells the versions of Node that the test runner takes', () => {
  for (const version of ['20.19.0', '20.20.2', '22.12.0', '22.23.3', '23.1.0', '24.9.0'])
    expect(canRunTests(version), version).toBe(true);
  for (const version of ['20.9.0', '20.18.3', '21.7.0', '22.11.0']) expect(canRunTests(version), version).toBe(false);
});
