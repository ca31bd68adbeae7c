import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

/** Bundles an entry as production does, beside node_modules, so that what it imports is found. Its own file, which the caller deletes. */
export async function bundleEntry(entry: string): Promise<string> {
  const dir = path.resolve('node_modules/.cache/queuedeck');
  mkdirSync(dir, { recursive: true });
  const outfile = path.join(dir, `${path.basename(entry, '.ts')}-${randomUUID()}.mjs`);
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    alias: { '@': path.resolve('.') },
    logLevel: 'error',
  });
  return outfile;
}
