import type { OlderRow } from '@/lib/store/recording/close-older';
import type { GapRow, HealedGap } from '@/lib/store/recording/gaps';
import type { SetAside } from '@/lib/store/recording/set-aside';
import type { Finding, Group, QueueTask } from './findings';
import { healCounts } from './heal-counts';
import type { Scope } from './job-scope';
import type { Marks } from './marks';
import type { BatchStore, QueueNote } from './store-batch';
import { takeMissingJobs, takeSweptJobs } from './take-found';

export interface Taken {
  queueNotes: QueueNote[];
  healed: HealedGap[];
  gaps: GapRow[];
  setAside: SetAside[];
  older: OlderRow[];
}

export interface TakeScope extends Scope {
  batches: BatchStore;
  marks: Marks;
  followed: ReadonlySet<string>;
}

/** Takes what was read of the broker onto the records and the marks; what it found missing of a queue makes one gap. */
export async function takeGroup({ findings, touched, endings }: Group, scope: TakeScope): Promise<Taken> {
  const taken: Taken = { queueNotes: [], healed: [], gaps: [], setAside: [], older: [] };
  for (const finding of findings) {
    const { task } = finding;
    if (finding.kind === 'swept') await takeSweptJobs(finding, touched, scope);
    if (finding.kind === 'missing') {
      task.settled += (await takeMissingJobs(finding, touched, scope)) + finding.older.length;
      taken.older.push(...finding.older.map((row) => ({ queue: task.queue, ...row })));
    }
    if (finding.kind === 'odd')
      taken.setAside.push({ queue: task.queue, job: null, reason: finding.why, sample: null });
    if (finding.kind === 'totals') await heal(finding, endings, scope, taken);
    if (finding.kind === 'done') finish(task, scope, taken);
  }
  return taken;
}

async function heal(
  finding: Extract<Finding, { kind: 'totals' }>,
  endings: Group['endings'],
  scope: TakeScope,
  taken: Taken,
): Promise<void> {
  const { batches, store } = scope;
  const { gap, settled } = finding.task;
  const { queueNotes, unseen, isNothing } = await healCounts({ finding, settled, batches, store, scope, endings });
  taken.queueNotes.push(...queueNotes);
  if (gap?.row) taken.healed.push({ row: gap.row, unseen, isNothing });
}

function finish({ queue, why, gap, fromMs, settled }: QueueTask, { marks, followed }: TakeScope, taken: Taken): void {
  if (gap !== null && marks.get(queue).gap === gap) marks.set(queue, { gap: null });
  const isRead = why === 'first' || (why === 'gap' && (!gap?.isGone || followed.has(queue)));
  if (isRead && !marks.get(queue).swept) marks.set(queue, { swept: true });
  if (why !== 'routine' || settled === 0) return;
  const toMs = Date.now();
  taken.queueNotes.push({ queue, at: toMs, metric: 'unseen', times: settled });
  const reason = 'jobs that were open in the record were gone from the broker';
  taken.gaps.push({ queue, fromMs, toMs, unseen: settled, reason });
}
