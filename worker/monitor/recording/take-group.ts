import type { OlderRow } from '@/lib/store/recording/close-older';
import type { HealedGap } from '@/lib/store/recording/gaps';
import type { PendingGap } from '@/lib/store/recording/marks';
import type { SetAside } from '@/lib/store/recording/set-aside';
import type { Finding, Group, QueueTask } from './findings';
import { MISSING, REMOVED } from './gap-rows';
import { healCounts } from './heal-counts';
import type { Scope } from './job-scope';
import type { BatchStore, QueueNote } from './store-batch';
import { takeMissingJobs, takeSweptJobs } from './take-found';

export interface Taken {
  queueNotes: QueueNote[];
  healed: HealedGap[];
  setAside: SetAside[];
  older: OlderRow[];
}

export interface TakeScope extends Scope {
  batches: BatchStore;
  followed: ReadonlySet<string>;
}

/** Takes what was read of the broker onto the records and the marks. What is found missing is told with it, on one gap for each queue. */
export async function takeGroup({ findings, touched, endings }: Group, scope: TakeScope): Promise<Taken> {
  const taken: Taken = { queueNotes: [], healed: [], setAside: [], older: [] };
  for (const finding of findings) {
    const { task } = finding;
    if (finding.kind === 'swept') await takeSweptJobs(finding, touched, scope);
    if (finding.kind === 'missing') await takeMissing(finding, touched, scope, taken);
    if (finding.kind === 'odd')
      taken.setAside.push({ queue: task.queue, job: null, reason: finding.why, sample: null });
    if (finding.kind === 'totals') await heal(finding, endings, scope, taken);
    if (finding.kind === 'done') finish(task, scope);
  }
  return taken;
}

async function takeMissing(
  finding: Extract<Finding, { kind: 'missing' }>,
  touched: ReadonlySet<string>,
  scope: TakeScope,
  taken: Taken,
): Promise<void> {
  const { task, older } = finding;
  const { queue } = task;
  const settled = (await takeMissingJobs(finding, touched, scope)) + older.length;
  taken.older.push(...older.map((row) => ({ queue, ...row })));
  if (settled === 0) return;
  const at = Date.now();
  task.settled += settled;
  const gap = task.gap ?? scope.marks.get(queue).gap ?? beginGap(task, at, scope);
  taken.queueNotes.push({ queue, at, metric: 'unseen', times: settled });
  const { isGone } = gap;
  const reason = isGone ? `${REMOVED}; ${task.settled} of its jobs had not ended` : null;
  taken.healed.push({ gap, unseen: settled, isUnknown: isGone, reason });
}

/** Nobody told of any: it was met by comparing. */
function beginGap(task: QueueTask, toMs: number, { marks }: TakeScope): PendingGap {
  task.gap = { row: null, fromMs: task.fromMs, toMs, lastId: 0, isGone: false, reason: MISSING };
  marks.set(task.queue, { gap: task.gap });
  return task.gap;
}

async function heal(
  finding: Extract<Finding, { kind: 'totals' }>,
  endings: Group['endings'],
  scope: TakeScope,
  taken: Taken,
): Promise<void> {
  const { batches, store, marks } = scope;
  const { task, totals, isAnew } = finding;
  const { gap, settled, queue } = task;
  if (!gap) return;
  if (isAnew) {
    gap.isGone = true;
    marks.beginAnew(queue);
  }
  const noted = taken.queueNotes;
  const healed = await healCounts({
    finding,
    settled,
    batches,
    store,
    scope,
    endings,
    noted,
    counted: marks.get(queue).counted,
  });
  taken.queueNotes.push(...healed.queueNotes);
  marks.noteCounted(queue, gap, totals);
  // Of jobs with ids of their own, and of what a queue saw before it was removed, nobody knows how many there were.
  const isUnknown = healed.unseen === null || gap.isGone || marks.get(queue).named;
  taken.healed.push({ gap, unseen: healed.unseen ?? 0, isUnknown, reason: isAnew ? REMOVED : null });
}

function finish({ queue, why, gap }: QueueTask, { marks, followed }: TakeScope): void {
  if (gap !== null && marks.get(queue).gap === gap) marks.set(queue, { gap: null });
  const isRead = why === 'first' || (why === 'gap' && (!gap?.isGone || followed.has(queue)));
  if (isRead && !marks.get(queue).swept) marks.noteCompared(queue);
}
