'use client';

import { FilterClauses } from '@/components/operations/filter-clauses';
import { PageLink } from '@/components/shell/nav/page-link';
import { Fact } from '@/components/ui/fact';
import { Ago, DayClock } from '@/components/ui/time';
import { Visible } from '@/components/ui/visible';
import { operationHref, queueHref } from '@/lib/client/http/url';
import type { FilterInput } from '@/lib/client/operations';
import type { Operation } from '@/lib/contracts/operations';
import { formatBytes, formatCount, formatPlural, formatShare } from '@/lib/format';

/** Who, why, which jobs, and how. */
export function OperationFacts({ operation }: { operation: Operation }) {
  const { source, queue, options, bin, endedAt } = operation;
  const filter = operation.filter as FilterInput | null;
  const { of, patch, toQueue } = readAction(operation.action);
  return (
    <section className="card" aria-label="Facts">
      <dl className="facts">
        <Fact name="Reason">
          <Visible text={operation.reason} />
        </Fact>
        <Fact name="Which">
          {filter ? <FilterClauses filter={filter} ids={operation.idsGiven} /> : operation.chosen}
        </Fact>
        <Fact name="Queue">
          <PageLink className="link" href={queueHref(source, queue)}>
            <Visible text={queue} />
          </PageLink>
        </Fact>
        {toQueue && (
          <Fact name="To queue">
            <PageLink className="link" href={queueHref(source, toQueue)}>
              <Visible text={toQueue} />
            </PageLink>
          </Fact>
        )}
        {of && (
          <Fact name="Puts back">
            <PageLink className="link" href={operationHref(of)}>
              what that operation removed
            </PageLink>
          </Fact>
        )}
        <Fact name="Who">{operation.by}</Fact>
        <Fact name="Set fixed">
          {formatPlural(operation.total, 'job')} as of <DayClock at={operation.createdAt} />
        </Fact>
        {endedAt && (
          <Fact name="Ended">
            <DayClock at={endedAt} />{' '}
            <span className="faint">
              <Ago at={endedAt} />
            </span>
          </Fact>
        )}
        {options.ratePerSecond !== undefined && (
          <Fact name="At most">{formatCount(options.ratePerSecond)} jobs per second</Fact>
        )}
        {options.phases && (
          <Fact name="In steps">
            10, then 10 %, then all; stops above {formatShare(options.phases.maxFailureRate)} failing again
          </Fact>
        )}
        {patch && (
          <Fact name="Patch">
            <span className="mono">
              <Visible text={patch} />
            </span>
          </Fact>
        )}
        {bin && (
          <Fact name="Recycle bin">
            {formatPlural(bin.jobs, 'job')}, {formatBytes(bin.sizeBytes)}, until <DayClock at={bin.expiresAt} />
          </Fact>
        )}
      </dl>
    </section>
  );
}

function readAction(action: unknown): { of: string | null; patch: string | null; toQueue: string | null } {
  const { of, patch, toQueue } = (typeof action === 'object' && action !== null ? action : {}) as Record<
    string,
    unknown
  >;
  return {
    of: typeof of === 'string' ? of : null,
    patch: patch === undefined ? null : JSON.stringify(patch),
    toQueue: typeof toQueue === 'string' ? toQueue : null,
  };
}
