'use client';

import { memo } from 'react';
import { PageLink } from '@/components/shell/nav/page-link';
import { Ago } from '@/components/ui/time';
import { Visible } from '@/components/ui/visible';
import { jobHref, queueHref } from '@/lib/client/http/url';
import { recordedLabel, recordedTone } from '@/lib/client/recorded-states';
import type { FoundJob } from '@/lib/contracts/search';
import { formatDuration } from '@/lib/format';
import { toVisible } from '@/lib/format/visible';

/** One job as it was found; struck through where the broker has it no more. */
export const FoundRow = memo(function FoundRow({ row, showSource }: { row: FoundJob; showSource: boolean }) {
  const label = recordedLabel(row);
  return (
    <tr data-job={row.id} className="focus-within:shadow-[inset_2px_0_0_var(--ink)]">
      <td className="job-cell mono max-w-[150px] min-[1300px]:max-w-[210px]">
        <span className="flex items-center gap-2">
          <PageLink
            href={jobHref(row.source, row.queue, row.id)}
            className="clip block hover:underline"
            title={toVisible(row.inBroker === false ? `${row.id}, no longer in the broker` : row.id)}
          >
            <Visible text={row.id} />
          </PageLink>
          {row.inBroker === false && <span className="tag">gone</span>}
          {!row.recorded && <span className="tag">not recorded yet</span>}
        </span>
        <span className="clip block font-sans text-[13px] text-ink-2 min-[621px]:hidden">
          {label} · <Visible text={row.queue} /> · <Visible text={row.name} />
          {row.error && <Visible text={` · ${row.error}`} />}
        </span>
      </td>
      <td className="col-1 max-w-[190px]">
        <span className="name clip block" title={toVisible(row.name)}>
          <Visible text={row.name} />
        </span>
      </td>
      <td className="col-1 max-w-[150px]">
        <span className="flex items-center gap-2">
          <PageLink
            href={queueHref(row.source, row.queue)}
            className="clip block text-ink-2 hover:underline"
            title={toVisible(row.queue)}
          >
            <Visible text={row.queue} />
          </PageLink>
          {showSource && <span className="faint clip max-w-24 flex-none">{row.source}</span>}
        </span>
      </td>
      <td className="col-1">
        <span className={`state ${recordedTone(row)}`}>
          <span className="dot" />
          {label}
        </span>
      </td>
      <td className="num col-3 muted">
        {row.attemptsMade} / {row.attempts}
      </td>
      <td className="col-1 muted">
        <Ago at={row.addedAt} />
      </td>
      <td className="col-2 muted">{row.finishedAt ? <Ago at={row.finishedAt} /> : '—'}</td>
      <td className="num col-3 muted">{formatDuration(row.waitMs)}</td>
      <td className="num col-2 muted">{formatDuration(row.runMs)}</td>
      <td className="col-1 max-w-0">
        <span className="mono muted clip block" title={row.error ? toVisible(row.error) : undefined}>
          <Visible text={row.error} />
        </span>
      </td>
    </tr>
  );
});
