const MOST_LINES = 100;
const MOST_FRAME = 160;

interface Frame {
  file: string;
  fn: string | null;
}

/** Code that is a library's or the runtime's own. */
const FOREIGN =
  /node_modules|^node:|^internal\/|site-packages|dist-packages|\/vendor\/|<frozen |<anonymous>|\/lib\/python[\d.]+\//;

/** The frame of the job's own code that is nearest to the failure, as `function (folder/file)`; null = none is there. */
export function ownFrame(trace: string | null): string | null {
  if (trace === null) return null;
  const lines = trace.slice(0, 16_384).split('\n').slice(0, MOST_LINES);
  const frames = lines.flatMap((line) => readFrame(line.slice(0, 600)) ?? []);
  // Python tells the nearest last.
  if (/^\s*Traceback \(most recent call last\)/m.test(trace.slice(0, 2_000))) frames.reverse();
  const own = frames.find(({ file }) => !FOREIGN.test(file));
  if (!own) return null;
  const file = own.file.split(/[\\/]/).slice(-2).join('/');
  return (own.fn ? `${own.fn} (${file})` : file).slice(0, MOST_FRAME);
}

function readFrame(line: string): Frame | null {
  const node = /^\s*at (?:async )?(?:(\S[^(]{0,200}) \()?(?:file:\/\/)?([^()]{1,400}?):\d+:\d+\)?$/.exec(line);
  if (node) return { fn: plainName(node[1]), file: node[2] ?? '' };
  const python = /^\s*File "([^"]{1,400})", line \d+(?:, in (\S{1,200}))?/.exec(line);
  if (python) return { fn: plainName(python[2]), file: python[1] ?? '' };
  const php = /^#\d+ ([^(]{1,400})\(\d+\): ([^(]{1,200})\(/.exec(line);
  if (php) return { fn: plainName(php[2]), file: php[1] ?? '' };
  return null;
}

/** A bundler's and the engine's marks off. */
function plainName(name: string | undefined): string | null {
  const plain = name?.replace(/^Object\.|^Module\.|^new | \[as [^\]]{1,100}\]$/g, '').trim();
  return plain ? plain : null;
}
