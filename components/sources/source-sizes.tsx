'use client';

import { StateMark } from '@/components/queues/state-mark';
import { PageLink } from '@/components/shell/nav/page-link';
import { Empty } from '@/components/ui/empty';
import { Visible } from '@/components/ui/visible';
import { jobHref, queueHref } from '@/lib/client/http/url';
import type { SampledSizes, SourceDetail } from '@/lib/contracts/source-detail';
import { formatBytes, formatCount, formatPlural } from '@/lib/format';
import { toVisible } from '@/lib/format/visible';

/** What fills the broker, from a sample that says it is one. */
export function SourceSizes({ source }: { source: SourceDetail }) {
  const { sizes, database } = source;
  return (
    <>
      <section className="card" aria-labelledby="sizes-title">
        <header>
          <h2 id="sizes-title">Memory by queue</h2>
          <div className="r tnum">{sizes && `≈ from ${formatPlural(sizes.sampledJobs, 'job')} taken at random`}</div>
        </header>
        {!sizes && (
          <Empty title="No sample">
            <span>Sizes are sampled while the broker is up.</span>
          </Empty>
        )}
        {sizes && sizes.queues.length === 0 && <Empty title="No queue holds a job" />}
        {sizes && sizes.queues.length > 0 && <SizesTable source={source.name} sizes={sizes} />}
        {sizes && sizes.queuesLeftOut > 0 && (
          <p className="faint m-0 border-line border-t px-[14px] py-2">
            {formatPlural(sizes.queuesLeftOut, 'queue is', 'queues are')} left out.
          </p>
        )}
      </section>
      {sizes && sizes.largest.length > 0 && <LargestTable source={source.name} sizes={sizes} />}
      {database && database.tables.length > 0 && <TablesCard tables={database.tables} />}
    </>
  );
}

function SizesTable({ source, sizes }: { source: string; sizes: SampledSizes }) {
  return (
    <div className="scroll-x">
      <table className="grid-table">
        <thead>
          <tr>
            <th className="w-full">Queue</th>
            <th className="num">Jobs</th>
            <th className="num col-1">Sampled</th>
            <th className="num">≈ Each</th>
            <th className="num">≈ All</th>
          </tr>
        </thead>
        <tbody>
          {sizes.queues.map(({ queue, jobs, sampledJobs, bytes, bytesPerJob }) => (
            <tr key={queue}>
              <td className="max-w-0">
                <PageLink
                  className="name clip block hover:underline"
                  href={queueHref(source, queue)}
                  title={toVisible(queue)}
                >
                  <Visible text={queue} />
                </PageLink>
              </td>
              <td className="num">{formatCount(jobs)}</td>
              <td className="num col-1 muted">{formatCount(sampledJobs)}</td>
              <td className="num">{formatBytes(bytesPerJob)}</td>
              <td className="num">{formatBytes(bytes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function LargestTable({ source, sizes }: { source: string; sizes: SampledSizes }) {
  return (
    <section className="card" aria-labelledby="largest-title">
      <header>
        <h2 id="largest-title">Largest payloads</h2>
        <div className="r">in the sample; there may be larger ones</div>
      </header>
      <div className="scroll-x">
        <table className="grid-table">
          <thead>
            <tr>
              <th className="w-full">Job</th>
              <th className="col-1">Queue</th>
              <th>State</th>
              <th className="num">Size</th>
            </tr>
          </thead>
          <tbody>
            {sizes.largest.map(({ queue, id, name, state, payloadBytes }) => (
              <tr key={`${queue} ${id}`}>
                <td className="max-w-0">
                  <PageLink
                    className="clip block hover:underline"
                    href={jobHref(source, queue, id)}
                    title={toVisible(id)}
                  >
                    <span className="name">
                      <Visible text={name} />
                    </span>{' '}
                    <span className="mono faint">
                      <Visible text={id} />
                    </span>
                  </PageLink>
                </td>
                <td className="col-1 max-w-[180px]">
                  <span className="clip block">
                    <Visible text={queue} />
                  </span>
                </td>
                <td>
                  <StateMark state={state} />
                </td>
                <td className="num">{formatBytes(payloadBytes)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function TablesCard({ tables }: { tables: NonNullable<SourceDetail['database']>['tables'] }) {
  return (
    <section className="card" aria-labelledby="tables-title">
      <header>
        <h2 id="tables-title">Tables</h2>
        <div className="r">≈ by the server's own statistics</div>
      </header>
      <div className="scroll-x">
        <table className="grid-table">
          <thead>
            <tr>
              <th className="w-full">Table</th>
              <th className="num">Rows</th>
              <th className="num">Dead rows</th>
            </tr>
          </thead>
          <tbody>
            {tables.map(({ name, liveRows, deadRows }) => (
              <tr key={name}>
                <td className="mono">
                  <Visible text={name} />
                </td>
                <td className="num">{formatCount(liveRows)}</td>
                <td className={`num ${deadRows === 0 ? 'zero' : ''}`}>{formatCount(deadRows)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
