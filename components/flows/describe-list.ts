import type { FlowList } from '@/lib/contracts/flows';
import { formatCount, formatPlural } from '@/lib/format';

/** How the flows were found, and what may be missing among them. `dayOf`: a time as the reader's own clock shows it. */
export function describeList(pages: readonly FlowList[], dayOf: (iso: string) => string): string {
  const found = pages.reduce((sum, page) => sum + page.items.length, 0);
  const searched = pages.reduce((sum, page) => sum + page.searched, 0);
  const last = pages.at(-1);
  const recorded = last?.recorded ?? null;
  if (recorded === null || recorded.length === 0)
    return [
      `${formatPlural(found, 'flow')} among ${formatPlural(searched, 'job')} looked at.`,
      ...(recorded ? ['No record that is up to date knows which flows failed.'] : []),
      ...(last?.limits ? [last.limits] : []),
    ].join(' ');
  const failing = last?.failing;
  const total = failing ? `${formatCount(failing.flows, failing.atLeast)} by the record` : 'by the record';
  const many = recorded.length > 1;
  return [
    `${formatPlural(found, 'flow')} shown of ${total}.`,
    ...recorded.flatMap((one) => describeCoverage(one, many, dayOf)),
    ...(searched > 0
      ? [
          `Sources without a record that is up to date: ${formatPlural(searched, 'job')} looked at. ${last?.limits ?? ''}`,
        ]
      : []),
  ].join(' ');
}

function describeCoverage(
  { source, since, unreadQueues }: NonNullable<FlowList['recorded']>[number],
  many: boolean,
  dayOf: (iso: string) => string,
): string[] {
  const where = many ? ` of "${source}"` : '';
  return [
    ...(since ? [`What failed before ${dayOf(since)}${where} is not in it.`] : []),
    ...(unreadQueues > 0
      ? [`${formatPlural(unreadQueues, 'queue')}${where} ${unreadQueues === 1 ? 'is' : 'are'} not read whole yet.`]
      : []),
  ];
}
