'use client';

import { readStack, type StackFrame } from '@/components/jobs/detail/read-stack';
import { PageLink } from '@/components/shell/nav/page-link';
import { CopyButton } from '@/components/ui/copy-button';
import { ScrollText } from '@/components/ui/scroll-text';
import { Visible } from '@/components/ui/visible';
import { groupHref } from '@/lib/client/http/url';
import type { Job, JobError } from '@/lib/contracts/jobs';
import { formatCount, formatPlural } from '@/lib/format';

/** The last failure, own frames first; those of earlier attempts folded below. `group`: of its cause, where it is recorded. */
export function ErrorCard({ job, error, group }: { job: Job; error: JobError; group: number | null }) {
  const text = error.stack ?? error.message;
  const earlier = job.stacktraces.filter((stack) => stack !== error.stack);
  return (
    <section className="card" aria-labelledby="error-title">
      <header>
        <h2 id="error-title">{job.state === 'failed' ? 'Error' : 'Last error'}</h2>
        <div className="r">
          {error.code && (
            <span className="mono clip">
              <Visible text={error.code} />
            </span>
          )}
          {group !== null && (
            <PageLink className="btn sm ghost" href={groupHref(group)}>
              Open its cause
            </PageLink>
          )}
          <CopyButton small look="ghost" label="Copy" text={() => text} />
        </div>
      </header>
      <Stack text={text} fallback={error.message} />
      {earlier.length > 0 && (
        <details className="border-line border-t">
          <summary className="cursor-pointer px-[14px] py-2 text-ink-2">
            {formatPlural(earlier.length, 'earlier attempt')}
          </summary>
          {earlier.map((stack, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: oldest first, fixed
            <div key={at} className="border-line border-t">
              <div className="faint px-[14px] pt-2 text-[12px]">Attempt {formatCount(at + 1)}, as kept</div>
              <Stack text={stack} fallback={stack} />
            </div>
          ))}
        </details>
      )}
    </section>
  );
}

function Stack({ text, fallback }: { text: string; fallback: string }) {
  const { message, frames } = readStack(text);
  const own = frames.filter((frame) => !frame.isLibrary);
  const library = frames.filter((frame) => frame.isLibrary);
  return (
    <>
      <ScrollText label="Error text" wrap>
        <span className="text-failed-ink">
          <Visible text={message || fallback} lines />
        </span>
        {own.map((frame) => (
          <Frame key={frame.text} frame={frame} />
        ))}
      </ScrollText>
      {library.length > 0 && (
        <details className="-mt-2 pb-2">
          <summary className="mono cursor-pointer px-[14px] py-1 text-ink-3">
            {formatPlural(library.length, 'library frame')}
          </summary>
          <pre className="muted pt-1 [overflow-wrap:anywhere]">
            <Visible text={library.map((frame) => frame.text).join('\n')} lines />
          </pre>
        </details>
      )}
    </>
  );
}

function Frame({ frame: { text, name } }: { frame: StackFrame }) {
  if (!name) return <Visible text={`\n  ${text}`} lines />;
  const [before, ...after] = text.split(name);
  return (
    <>
      <Visible text={`\n  ${before}`} lines />
      <b className="font-[600]">
        <Visible text={name} />
      </b>
      <Visible text={after.join(name)} lines />
    </>
  );
}
