'use client';

import { OperationState, OutcomeBar } from '@/components/operations/operation-state';
import { PageLink } from '@/components/shell/nav/page-link';
import { Ago } from '@/components/ui/time';
import { Visible } from '@/components/ui/visible';
import { operationHref, queueHref } from '@/lib/client/http/url';
import { nameOperation } from '@/lib/client/operation-words';
import { isUnderWay } from '@/lib/client/operations';
import type { Operation } from '@/lib/contracts/operations';
import { formatCoarse, formatCount } from '@/lib/format';
import { toVisible } from '@/lib/format/visible';

export function OperationTable({ operations }: { operations: Operation[] }) {
  return (
    <div className="scroll-x">
      <table className="grid-table">
        <thead>
          <tr>
            <th>What</th>
            <th className="col-1">Queue</th>
            <th>State</th>
            <th className="w-[170px] col-2">Outcomes</th>
            <th className="num col-1">Done</th>
            <th className="num col-2">Skipped</th>
            <th className="num">Failed</th>
            <th className="w-full col-1">Reason</th>
            <th className="col-3">Who</th>
            <th className="col-1">Started</th>
          </tr>
        </thead>
        <tbody>
          {operations.map((operation) => (
            <OperationRow key={operation.id} operation={operation} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function OperationRow({ operation }: { operation: Operation }) {
  const { id, source, queue, kind, total, done, skipped, failed, perSecond, leftMs } = operation;
  return (
    <tr data-operation={id}>
      <td>
        <PageLink
          className="name block py-1.5 hover:underline"
          href={operationHref(id)}
          title={toVisible(operation.chosen)}
        >
          {nameOperation(kind, total)}
        </PageLink>
      </td>
      <td className="col-1 max-w-[180px]">
        <PageLink className="clip block hover:underline" href={queueHref(source, queue)} title={toVisible(queue)}>
          <Visible text={queue} />
        </PageLink>
      </td>
      <td>
        <OperationState operation={operation} small />
      </td>
      <td className="col-2">
        {isUnderWay(operation) ? (
          <span className="grid gap-0.5 py-1">
            <OutcomeBar operation={operation} />
            <span className="faint tnum text-[11.5px] leading-4">
              {perSecond === null ? 'beginning' : `${formatCount(Math.round(perSecond))}/s`}
              {leftMs !== null && `, about ${formatCoarse(leftMs)} left`}
            </span>
          </span>
        ) : (
          <OutcomeBar operation={operation} />
        )}
      </td>
      <td className={`num col-1 ${done ? '' : 'zero'}`}>{formatCount(done)}</td>
      <td className={`num col-2 ${skipped ? '' : 'zero'}`}>{formatCount(skipped)}</td>
      <td className={`num ${failed ? 'bad' : 'zero'}`}>{formatCount(failed)}</td>
      <td className="col-1 max-w-0">
        <span className="clip block" title={toVisible(operation.reason)}>
          <Visible text={operation.reason} />
        </span>
      </td>
      <td className="col-3 muted">{operation.by}</td>
      <td className="col-1 muted">
        <Ago at={operation.createdAt} />
      </td>
    </tr>
  );
}
