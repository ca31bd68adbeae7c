import path from 'node:path';
import { run } from './run.mjs';
import { Sentence, say } from './sentence.mjs';

/** What the test runner runs on; the product itself takes Node 20.9. */
const NEEDED = 'Node 20.19, 22.12 or newer';
const FETCHED = 'node@22';

/** Of `process.versions.node`. The runner uses what came to Node with these versions. */
export function canRunTests(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major === 20) return minor >= 19;
  if (major === 22) return minor >= 12;
  return major > 22;
}

/** The same command on a Node that npm has as a package, kept in npm's own cache. Resolves to its exit code. */
export async function testOnFetchedNode(words) {
  say(`the test runner needs ${NEEDED}, and this is ${process.versions.node}: asking npm for ${FETCHED} …`);
  const chunks = [];
  const ask = ['--yes', `--package=${FETCHED}`, '--', 'node', '-p', '"at " + process.execPath'];
  const code = await run('npx', ask, { onOutput: (chunk) => chunks.push(chunk) }).catch(() => 127);
  const said = Buffer.concat(chunks).toString();
  const file = /^at (.+)$/m.exec(said)?.[1];
  if (code !== 0 || file === undefined)
    throw new Sentence(`npm has not got it. Install ${NEEDED} from https://nodejs.org, then: npm test\n${said.trim()}`);
  const PATH = [path.dirname(file), process.env.PATH ?? ''].join(path.delimiter);
  return run(file, ['bin/queuedeck.mjs', 'test', ...words], { env: { PATH } });
}
