'use client';

import { useState } from 'react';
import { GroupTitle } from '@/components/failures/group-title';
import { Button } from '@/components/ui/button';
import { Ago } from '@/components/ui/time';
import { showToast } from '@/components/ui/toast/toast-store';
import { Visible } from '@/components/ui/visible';
import { useGroupChanges } from '@/lib/client/failures';
import { describeError } from '@/lib/client/http/problem-error';
import { groupHref } from '@/lib/client/http/url';
import type { FailureGroupDetail, GroupPart } from '@/lib/contracts/failures';
import { formatCount } from '@/lib/format';
import { toVisible } from '@/lib/format/visible';

/** What was merged into it, each with its own figures. */
export function MadeOfCard({ group }: { group: FailureGroupDetail }) {
  const { split } = useGroupChanges();
  const [busy, setBusy] = useState<number | null>(null);
  const splitOff = async (part: GroupPart) => {
    setBusy(part.id);
    try {
      await split(group.id, [part.id]);
      showToast({ tone: 'done', title: 'Split off', href: groupHref(part.id), hrefLabel: 'Open it' });
    } catch (error) {
      showToast({ tone: 'failed', title: 'It was not split off', detail: describeError(error) });
    }
    setBusy(null);
  };
  const blocked = group.can.includes('failure.split') ? null : 'Your role does not include it';
  return (
    <section className="card" aria-labelledby="made-of-title">
      <header>
        <h2 id="made-of-title">Made of</h2>
        <div className="r tnum">this and {formatCount(group.parts)} more</div>
      </header>
      <div className="scroll-x max-h-[320px] overflow-y-auto">
        <table className="grid-table">
          <thead>
            <tr>
              <th className="w-full">Merged into it</th>
              <th className="num">Failures</th>
              <th className="col-1">Last</th>
              <th>
                <span className="sr-only">Action</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {group.madeOf.map((part) => (
              <tr key={part.id}>
                <td className="max-w-0">
                  <span className="mono clip block pt-1.5" title={toVisible(part.message)}>
                    <GroupTitle title={part.title} />
                  </span>
                  <span className="clip muted block pb-1.5">
                    {part.by === null ? 'named alike by newer rules' : <Visible text={`by ${part.by}`} />},{' '}
                    <Ago at={part.mergedAt} />
                    {part.state !== 'open' && `, was ${part.state}`}
                    {part.note && <Visible text={`: ${part.note}`} />}
                  </span>
                </td>
                <td className="num">{formatCount(part.total)}</td>
                <td className="col-1 muted">
                  <Ago at={part.lastAt} />
                </td>
                <td className="num">
                  <Button
                    small
                    busy={busy === part.id}
                    blocked={blocked}
                    aria-label={`Split off ${toVisible(part.title)}`}
                    onClick={() => void splitOff(part)}
                  >
                    Split off
                  </Button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {group.parts > group.madeOf.length && (
        <p className="muted m-0 border-line border-t px-[14px] py-2">
          The newest {formatCount(group.madeOf.length)} of {formatCount(group.parts)}.
        </p>
      )}
    </section>
  );
}
