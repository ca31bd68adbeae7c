'use client';

import { CopyButton } from '@/components/ui/copy-button';
import { JsonBlock } from '@/components/ui/json-block';
import { buildRequest } from '@/lib/client/http/url';
import type { JobAddress } from '@/lib/client/jobs';
import { prettyJson } from '@/lib/client/json/json-text';
import type { Payload } from '@/lib/contracts/jobs';
import { MOST_READ_BYTES } from '@/lib/contracts/payload-sizes';
import { formatBytes } from '@/lib/format';

interface PayloadCardProps {
  address: JobAddress;
  title: string;
  payload: Payload;
}

/** JSON as the broker holds it, laid out but not parsed. A payload that came cut offers the whole. */
export function PayloadCard({ address, title, payload }: PayloadCardProps) {
  const isUnread = payload.truncated && payload.text === '';
  return (
    <section className="card" aria-label={title}>
      <header>
        <h2>{title}</h2>
        <div className="r">
          <span className="tnum">{formatBytes(payload.sizeBytes)}</span>
          {!payload.truncated && <CopyButton small look="ghost" label="Copy" text={() => prettyJson(payload.text)} />}
        </div>
      </header>
      {isUnread && (
        <p className="hint m-0 px-[14px] py-2">
          Too large to be shown: it has {formatBytes(payload.sizeBytes)}, and no more than{' '}
          {formatBytes(MOST_READ_BYTES)} of a field is read.
        </p>
      )}
      {payload.truncated && !isUnread && (
        <p className="hint m-0 border-line border-b px-[14px] py-2">
          The first {formatBytes(payload.text.length)} of {formatBytes(payload.sizeBytes)}.{' '}
          <a
            className="link"
            href={buildRequest('job.get', { ...address, raw: '1' }).url}
            target="_blank"
            rel="noreferrer"
          >
            Open the whole job as JSON
          </a>
        </p>
      )}
      {!isUnread && <JsonBlock text={payload.text} label={`${title}, as JSON`} />}
    </section>
  );
}
