import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '../..');
const source = readFileSync(path.join(ROOT, 'lib/metrics/prometheus.ts'), 'utf8');
const exposed = new Set([...source.matchAll(/'(queuedeck_[a-z_]+)'/g)].map(([, name = '']) => name));

interface Panel {
  title: string;
  targets: { expr: string }[];
}

describe('the Grafana dashboard', () => {
  const { panels } = JSON.parse(readFileSync(path.join(ROOT, 'public/grafana.json'), 'utf8')) as { panels: Panel[] };

  it.each(panels.map((panel) => [panel.title, panel] as const))(
    '%s asks for figures that are exposed',
    (_, { targets }) => {
      for (const { expr } of targets) {
        const asked = [...expr.matchAll(/queuedeck_[a-z_]+/g)].map(([name]) => name.replace(/_bucket$/, ''));
        expect(asked.length).toBeGreaterThan(0);
        expect(asked.filter((name) => !exposed.has(name))).toEqual([]);
      }
    },
  );
});
