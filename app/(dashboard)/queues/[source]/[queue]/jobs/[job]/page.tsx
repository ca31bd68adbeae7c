import type { Metadata } from 'next';
import { JobView } from '@/components/jobs/job-view';
import { Hydrated } from '@/components/shell/hydrated';
import { LOG_LINES_PER_PAGE } from '@/lib/client/http/page-sizes';
import { decodePart } from '@/lib/client/http/url';
import { startLog } from '@/lib/client/job-log';
import { toJobRuns } from '@/lib/client/job-runs';
import { keys } from '@/lib/client/query-keys';
import { toVisible } from '@/lib/format/visible';
import { ask } from '@/lib/http/ask';
import { read, readHere, readOrNull } from '@/lib/http/read';

interface JobPageProps {
  params: Promise<{ source: string; queue: string; job: string }>;
}

export async function generateMetadata({ params }: JobPageProps): Promise<Metadata> {
  const { queue, job } = await params;
  return { title: toVisible(`${decodePart(job)} · ${decodePart(queue)}`) };
}

export default async function JobPage({ params }: JobPageProps) {
  const given = await params;
  const address = { source: decodePart(given.source), queue: decodePart(given.queue), job: decodePart(given.job) };
  // Its runs' times are recorded, and what the broker has not got any more.
  const recorded = await readOrNull(ask('job.history', address));
  const job = ask('job.get', { ...address, raw: '0' });
  const [found, why, logs, comparison] = await Promise.all([
    recorded ? readHere(job) : read(job),
    readOrNull(ask('job.why', address)),
    readOrNull(ask('job.logs', { ...address, limit: LOG_LINES_PER_PAGE })),
    readOrNull(ask('job.compare', address)),
  ]);
  const { source, queue } = address;
  return (
    <Hydrated
      entries={[
        [keys.job(source, queue, address.job), found.data],
        [keys.jobWhy(source, queue, address.job, found.data?.state), why],
        [keys.recorded(source, queue, address.job), found.data ? null : recorded],
        [keys.jobRuns(source, queue, address.job, found.data?.attemptsMade ?? 0), recorded && toJobRuns(recorded)],
        [keys.comparison(source, queue, address.job), comparison],
        [keys.jobLogs(source, queue, address.job), logs && startLog(logs)],
      ]}
    >
      <JobView address={address} problem={found.problem} />
    </Hydrated>
  );
}
