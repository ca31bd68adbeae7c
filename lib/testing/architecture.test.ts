import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ENDPOINTS, methodAndPath } from '@/lib/contracts/endpoints';
import { ROUTES, type VerbName } from '@/lib/contracts/routes';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** Files that belong to the project: tracked, or new and not ignored. */
const FILES = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => /\.(ts|tsx|mjs|js)$/.test(file) && existsSync(path.join(ROOT, file)));
const SOURCES = FILES.filter((file) => !/\.(test|spec)\.tsx?$/.test(file));

interface Import {
  from: string;
  to: string;
  typeOnly: boolean;
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s*)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/g;

function importsOf(file: string): Import[] {
  const text = readFileSync(path.join(ROOT, file), 'utf8');
  return [...text.matchAll(IMPORT)].map(([, type, fixed, dynamic]) => {
    const name = fixed ?? dynamic ?? '';
    const to = name.startsWith('.')
      ? path.posix.normalize(path.posix.join(path.posix.dirname(file), name))
      : name.startsWith('@/')
        ? name.slice(2)
        : name;
    return { from: file, to, typeOnly: type !== undefined };
  });
}

const IMPORTS = SOURCES.flatMap(importsOf);
const inside =
  (...folders: string[]) =>
  (file: string) =>
    folders.some((f) => file === f || file.startsWith(`${f}/`));

function offenders(from: (file: string) => boolean, to: (target: string) => boolean, values = false): string[] {
  return IMPORTS.filter((i) => from(i.from) && to(i.to) && !(values && i.typeOnly)).map((i) => `${i.from} → ${i.to}`);
}

describe('the house', () => {
  it('is read at all', () => {
    expect(SOURCES.length).toBeGreaterThan(100);
    expect(IMPORTS.length).toBeGreaterThan(300);
  });

  it('lets nothing import an entrance', () => {
    const entrance = inside('app', 'worker', 'e2e');
    expect(offenders((file) => !entrance(file), entrance)).toEqual([]);
    expect(offenders(inside('app'), inside('worker', 'e2e'))).toEqual([]);
    expect(offenders(inside('worker'), inside('app', 'e2e'))).toEqual([]);
  });

  it('keeps the broker libraries in lib/backends', () => {
    const home = inside('lib/backends', 'lib/testing', 'e2e');
    expect(offenders((file) => !home(file), inside('bullmq', 'ioredis', 'amqplib'))).toEqual([]);
  });

  it('lets the browser reach contracts, client and format only', () => {
    const browser = inside('components', 'lib/client');
    const allowed = inside('lib/contracts', 'lib/client', 'lib/format', 'lib/format.ts', 'components');
    expect(offenders(browser, (to) => to.startsWith('lib/') && !allowed(to))).toEqual([]);
  });

  it('keeps zod out of the browser: contracts there are types, or plain data', () => {
    const plain = inside(
      'lib/contracts/routes',
      'lib/contracts/errors',
      'lib/contracts/headers',
      'lib/contracts/states',
      'lib/contracts/query',
      'lib/contracts/metric-names',
      'lib/contracts/payload-sizes',
    );
    expect(
      offenders(inside('components', 'lib/client'), (to) => to.startsWith('lib/contracts/') && !plain(to), true),
    ).toEqual([]);
    expect(offenders(inside('components', 'lib/client'), inside('zod'), true)).toEqual([]);
  });

  it('keeps contracts at the bottom', () => {
    expect(
      offenders(inside('lib/contracts'), (to) => to.startsWith('lib/') && !to.startsWith('lib/contracts/')),
    ).toEqual([]);
  });

  it('points adapters down: no backend, store or embedded server imports a verb or a door', () => {
    const verbs = inside(
      'lib/http',
      'lib/queues',
      'lib/sources',
      'lib/tasks',
      'lib/workers',
      'lib/system',
      'lib/verbs',
      'lib/context',
    );
    expect(offenders(inside('lib/backends', 'lib/store', 'lib/embedded'), verbs)).toEqual([]);
  });

  it('has no import cycles', () => {
    expect(findCycles()).toEqual([]);
  });

  it('reads process.env in lib/env.ts alone', () => {
    const readers = SOURCES.filter(
      (file) =>
        inside('app', 'components', 'lib', 'worker')(file) &&
        /process\.env\b/.test(readFileSync(path.join(ROOT, file), 'utf8')),
    );
    expect(readers.filter((file) => !['lib/env.ts'].includes(file) && !file.startsWith('lib/testing/'))).toEqual([]);
  });

  it('uses server-only in lib/http alone', () => {
    expect(offenders((file) => !inside('lib/http')(file), inside('server-only'))).toEqual([]);
  });

  it('has default exports only where Next demands them', () => {
    const demanded = /^app\/.*(page|layout|error|loading|not-found|global-error|template)\.tsx$|\.config\.(js|mjs|ts)$/;
    const found = SOURCES.filter((file) =>
      /\nexport default /.test(`\n${readFileSync(path.join(ROOT, file), 'utf8')}`),
    );
    expect(found.filter((file) => !demanded.test(file))).toEqual([]);
  });

  it('names files in kebab-case', () => {
    const odd = FILES.map((file) => path.posix.basename(file)).filter(
      (name) => !/^[a-z0-9.[\]-]+$/.test(name) && !name.startsWith('[...'),
    );
    expect(odd).toEqual([]);
  });
});

describe('the endpoint table', () => {
  const routeFiles = FILES.filter((file) => /^app\/api\/v1\/.*route\.ts$/.test(file) && !file.includes('[...'));
  const served = routeFiles.flatMap((file) => {
    const text = readFileSync(path.join(ROOT, file), 'utf8');
    const at = file
      .replace(/^app\/api\/v1/, '')
      .replace(/\/route\.ts$/, '')
      .replace(/\[(\w+)\]/g, '{$1}');
    return [...text.matchAll(/export const (GET|POST|PUT|PATCH|DELETE)\b/g)].map(([, method]) => `${method} ${at}`);
  });

  it('has a route for every endpoint, and an endpoint for every route', () => {
    expect(served.sort()).toEqual(Object.values(ROUTES).slice().sort());
  });

  it.each(Object.keys(ROUTES) as VerbName[])('%s takes its path parameters', (name) => {
    const [, pattern] = methodAndPath(name);
    const names = [...pattern.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter);
    const shape = Object.keys((ENDPOINTS[name].input as unknown as { shape: object }).shape);
    expect(shape).toEqual(expect.arrayContaining(names));
  });
});

/** Depth-first over value imports between our own files; type imports are gone at run time. */
function findCycles(): string[] {
  const known = new Map(SOURCES.map((file) => [file.replace(/\.(tsx?|mjs|js)$/, ''), file]));
  const edges = new Map<string, string[]>();
  for (const { from, to, typeOnly } of IMPORTS) {
    const target = known.get(to.replace(/\.(tsx?|mjs|js)$/, ''));
    if (target && !typeOnly) edges.set(from, [...(edges.get(from) ?? []), target]);
  }
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (file: string, trail: string[]): void => {
    if (trail.includes(file)) {
      cycles.push([...trail.slice(trail.indexOf(file)), file].join(' → '));
      return;
    }
    if (done.has(file)) return;
    for (const next of edges.get(file) ?? []) visit(next, [...trail, file]);
    done.add(file);
  };
  for (const file of SOURCES) visit(file, []);
  return cycles;
}
