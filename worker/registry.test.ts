import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { Task as TaskContract } from '@/lib/contracts/tasks';
import { describeTask } from './register-tasks';
import { TASKS } from './registry';

/** Inputs that each task must refuse, at the door (by its JSON Schema) as in the worker (by its zod schema). */
const REFUSED: Record<string, unknown[]> = {
  'send-welcome-email': [
    {},
    { to: 'x', name: 'A' },
    { to: 'a@example.com', name: '' },
    { to: 'a@example.com', name: 'A\nB' },
    { to: 'a@example.com', name: 'A', x: 1 },
  ],
  'export-orders': [
    {},
    { from: '2026-1-1', to: '2026-01-02' },
    { from: '2026-02-30', to: '2026-03-01' },
    { from: '2026-01-01', to: '2026-01-02', format: 'pdf' },
  ],
  'deliver-webhook': [
    {},
    { url: 'ftp://x.example/', event: 'a' },
    { url: 'https://x.example/', event: 'A b' },
    { url: 'https://x.example/', event: 'a', payload: 7 },
  ],
  'month-end-close': [{}, { month: '2026-13' }, { month: 202610 }],
  'reconcile-payments': [{}, { month: 'October' }],
};

describe.each(TASKS.map((task) => [task.name, task] as const))('%s', (name, task) => {
  const described = describeTask('default', task);
  const atTheDoor = z.fromJSONSchema(described.inputSchema as Parameters<typeof z.fromJSONSchema>[0]);

  it('fits the contract of a task, as JSON', () => {
    expect(TaskContract.parse(JSON.parse(JSON.stringify(described)))).toEqual(JSON.parse(JSON.stringify(described)));
  });

  it('takes its own example, at the door as in the worker', () => {
    expect(atTheDoor.safeParse(task.example).error).toBeUndefined();
    expect(task.input.safeParse(task.example).error).toBeUndefined();
  });

  it('refuses the same at the door as in the worker', () => {
    for (const input of REFUSED[name] ?? []) {
      expect([input, task.input.safeParse(input).success]).toEqual([input, false]);
      expect([input, atTheDoor.safeParse(input).success]).toEqual([input, false]);
    }
    expect(REFUSED[name]?.length).toBeGreaterThan(0);
  });

  it('names and explains every field of its form', () => {
    const properties = described.inputSchema.properties as Record<string, { title?: string; description?: string }>;
    for (const [field, schema] of Object.entries(properties))
      expect([field, typeof schema.title, typeof schema.description]).toEqual([field, 'string', 'string']);
  });
});
