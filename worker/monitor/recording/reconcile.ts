import type { RecordBatch, RecordGap, RecordingMethods } from '@/lib/backends/recording';
import { log } from '@/lib/log';
import type { Store } from '@/lib/store/store';
import { compareQueue } from './compare-queue';
import { doneOf, type Finding, type Group, type QueueTask } from './findings';
import type { Backfill } from './lease';
import type { Ledger } from './ledger';
import { keyOf } from './memory';
import { MARGIN_MS, Plan, type PlanOptions } from './plan';
import { PutOff } from './put-off';
import { TaskList } from './task-list';

const RETRY_MS = 5_000;
/** Where nothing at all could be read it may be the broker. */
const FAILED_MS = 1_000;
/** Queues that are followed no more are looked for so often, and whenever the queues change. */
const MISS_EVERY_MS = 5_000;
/** What is read for one batch to take: jobs, findings and ms at most. */
const JOBS_PER_GROUP = 1_000;
const FINDINGS_PER_GROUP = 400;
const MS_PER_GROUP = 250;
/** The next group is read while one waits to be taken. */
const READ_AHEAD = 2;

export interface ReconcilerOptions extends PlanOptions {
  store: Store;
  recording: RecordingMethods;
}

interface Work {
  task: QueueTask;
  findings: AsyncGenerator<Finding>;
}

/**
 * Compares queues with what the broker holds, beside the reading of events: many small ones at once, a big one in steps; a queue that is
 * gone comes in between.
 *
 * A group of findings: being read → held → armed (the next batch begins after it) → taken with a batch that is up to now → written.
 * A job of which an event came meanwhile is left as the event says.
 */
export class Reconciler {
  readonly #tasks = new TaskList();
  /** Begun, and not written as done. */
  #begun = new Set<QueueTask>();
  #works: Work[] = [];
  #reading: (Group & { done: Promise<void> }) | null = null;
  /** In the order in which they were read. */
  #held: Group[] = [];
  #followed: ReadonlySet<string> = new Set();
  #queues: readonly string[] = [];
  /** Followed no more, and compared for the last time since their last event, or about to be. */
  #missed = new Set<string>();
  #missedAt = 0;
  readonly #plan: Plan;
  #retryAt = 0;
  readonly #putOff = new PutOff();

  constructor(private readonly options: ReconcilerOptions) {
    this.#plan = new Plan(options, this.#tasks);
    for (const { queue } of options.marks.gaps()) this.#addGap(queue);
  }

  /** How long the next batch may wait for news, ms: what is held waits for a batch, and what is being read soon will. */
  get patienceMs(): number {
    if (this.#held.length > 0) return 0;
    // Without work it only looks whether there is any.
    return this.#reading && this.#begun.size > 0 ? 50 : 1_000;
  }

  /** Of these nothing may be left unread when a group is taken. */
  get queues(): readonly string[] {
    return [...this.#begun, ...this.#putOff.tasks].map(({ queue }) => queue);
  }

  /** What was cut or removed comes before everything else. Called before its batch is noted. */
  noteGaps(gaps: readonly RecordGap[]): void {
    for (const found of gaps) {
      const { queue, isGone } = found;
      const gap = this.options.marks.noteGap(found, (pending) => [...this.#begun].some((task) => task.gap === pending));
      if (!gap) continue;
      const level = isGone ? 'debug' : 'warn';
      log[level]({ source: this.options.backend.name, queue, isGone }, 'events were not recorded');
    }
    for (const { queue } of gaps) this.#addGap(queue);
  }

  noteBatch({ events, queues }: RecordBatch, ledger: Ledger): void {
    const isOther = queues !== this.#queues;
    if (isOther) {
      this.#queues = queues;
      this.#followed = new Set(queues);
      this.#tasks.keep(this.#followed);
      this.#putOff.keep(this.#followed);
    }
    if (isOther || Date.now() - this.#missedAt >= MISS_EVERY_MS) this.#missQueues();
    for (const { queue } of events) {
      this.#plan.noteSeen(queue);
      this.#missed.delete(queue);
    }
    const endings = events.filter(({ kind }) => kind === 'completed' || kind === 'failed');
    for (const group of this.#reading ? [...this.#held, this.#reading] : this.#held) {
      for (const { queue, id } of ledger.touched) group.touched.add(keyOf(queue, id));
      for (const { queue, kind, at, seq } of endings) group.endings.push({ queue, kind, at, seq });
    }
  }

  get followed(): ReadonlySet<string> {
    return this.#followed;
  }

  /** Called between two batches: what is held may be taken with the next, or the next group is read. */
  step(signal: AbortSignal): void {
    for (const held of this.#held) held.isArmed = true;
    if (this.#reading || this.#held.length >= READ_AHEAD || Date.now() < this.#retryAt) return;
    const group: Group = { findings: [], touched: new Set(), endings: [], isArmed: false };
    const done = this.#read(group.findings, signal)
      .then(() => {
        if (group.findings.length > 0 && !signal.aborted) this.#held.push(group);
      })
      .catch((error: Error) => {
        if (signal.aborted) return;
        log.debug({ err: error.message }, 'the record was not compared; tried again');
        this.#giveUp();
      })
      .finally(() => {
        this.#reading = null;
      });
    this.#reading = { ...group, done };
  }

  async settled(): Promise<void> {
    await this.#reading?.done;
  }

  /** The batch that took it was not written, and the marks were read anew: what was begun is looked at once more. */
  startOver(): void {
    this.#giveUp();
    this.#tasks.dropGaps();
    this.#missed.clear();
    for (const { queue } of this.options.marks.gaps()) this.#addGap(queue);
  }

  /** The group that may be taken with a batch that is up to now. */
  get ready(): Group | null {
    const [first] = this.#held;
    return first?.isArmed ? first : null;
  }

  /** Of a group that is taken: how far the reading of what was there before is, and when the comparison is over, its time. */
  progressAfter({ findings }: Group): { backfill: Backfill | null; reconciledAt: number | null } {
    const isOver = this.#waiting === 0 && this.#begun.size === doneOf(findings).length && this.#held.length <= 1;
    for (const finding of findings) if (finding.kind === 'swept') this.#plan.noteSwept(finding);
    return { backfill: isOver ? null : this.#plan.backfill, reconciledAt: isOver ? this.#plan.plannedAt : null };
  }

  /** The batch that took it is written. */
  written({ findings }: Group, reconciledAt: number | null): void {
    this.#held.shift();
    for (const task of doneOf(findings)) this.#begun.delete(task);
    if (this.#waiting + this.#begun.size === 0) this.#plan.end(reconciledAt);
  }

  get #waiting(): number {
    return this.#tasks.size + this.#putOff.size;
  }

  /** Nothing more is to be told of a queue that is followed no more. */
  isDoneWith(queue: string): boolean {
    if (!this.#missed.has(queue) || this.#tasks.has(queue)) return false;
    const isOf = (task: QueueTask) => task.queue === queue;
    return ![...this.#begun].some(isOf) && !this.#putOff.tasks.some(isOf);
  }

  /** Of a queue that is there no more the jobs are gone too, whether it was ever compared or not. */
  #missQueues(): void {
    const { marks } = this.options;
    this.#missedAt = Date.now();
    for (const queue of this.#missed) if (this.#followed.has(queue)) this.#missed.delete(queue);
    const missed = [...marks.known()].filter(
      ({ queue, swept, gap }) => !this.#followed.has(queue) && gap === null && (swept || !this.#missed.has(queue)),
    );
    for (const { queue, swept } of missed) {
      if (swept) marks.noteMissed(queue);
      this.#missed.add(queue);
      this.#tasks.add({ queue, why: 'routine', depth: 'whole', fromMs: null, gap: null, settled: 0 });
    }
  }

  #addGap(queue: string): void {
    const { gap } = this.options.marks.get(queue);
    if (gap === null) return;
    const fromMs = gap.fromMs === null ? null : gap.fromMs - MARGIN_MS;
    this.#tasks.add({ queue, why: 'gap', depth: 'whole', fromMs, gap, settled: 0 });
  }

  async #read(findings: Finding[], signal: AbortSignal): Promise<void> {
    for (const task of this.#putOff.takeDue(Date.now())) this.#tasks.add(task);
    if (this.#waiting + this.#begun.size === 0) await this.#plan.make(this.#queues);
    const until = Date.now() + MS_PER_GROUP;
    let jobs = 0;
    while (jobs < JOBS_PER_GROUP && findings.length < FINDINGS_PER_GROUP && Date.now() < until && !signal.aborted) {
      const task = this.#works.length === 0 ? this.#tasks.take() : this.#tasks.takeUrgent();
      if (task) this.#begin(task, signal);
      const work = this.#works.at(-1);
      if (!work) return;
      const step = await work.findings.next().catch((error: Error) => {
        if (!signal.aborted) this.#fail(work, error.message, findings);
        return null;
      });
      if (step === null) return;
      if (step.done) {
        this.#drop(work);
        this.#putOff.noteSuccess(work.task);
        continue;
      }
      findings.push(step.value);
      if (step.value.kind === 'swept') jobs += step.value.fields.length;
      if (step.value.kind === 'missing') jobs += step.value.ids.length;
    }
  }

  #begin(task: QueueTask, signal: AbortSignal): void {
    const { store, backend, recording, marks } = this.options;
    const counts = this.#plan.countsOf(task.queue);
    const isFollowed = this.#followed.has(task.queue);
    const isAgain = marks.isAgain(task.queue);
    this.#begun.add(task);
    const ports = { store, backend, recording, counts, isFollowed, isAgain, signal };
    this.#works.push({ task, findings: compareQueue(ports, task) });
  }

  /** Of one queue: what was read of others is taken, and this one is compared anew a while later. */
  #fail(work: Work, message: string, findings: Finding[]): void {
    const { task } = work;
    this.#drop(work);
    const told = { source: this.options.backend.name, queue: task.queue, err: message };
    if (findings.length === 0) this.#retryAt = Date.now() + FAILED_MS;
    if (this.#putOff.add(task)) {
      this.#begun.delete(task);
      log.debug(told, 'a queue was not compared; tried again');
      return;
    }
    log.warn(told, 'a queue cannot be compared');
    findings.push({ kind: 'odd', task, why: `It cannot be compared with the record: ${message}` });
    // How much a gap hid is then not known. One that was never compared still is to be.
    if (task.why === 'first') this.#begun.delete(task);
    else findings.push({ kind: 'done', task });
  }

  #drop(work: Work): void {
    this.#works = this.#works.filter((one) => one !== work);
  }

  #giveUp(): void {
    for (const task of this.#putOff.takeDue(Number.POSITIVE_INFINITY)) this.#tasks.add(task);
    for (const task of this.#begun) this.#tasks.add({ ...task, settled: 0 });
    this.#begun.clear();
    this.#works = [];
    this.#held = [];
    this.#retryAt = Date.now() + RETRY_MS;
  }
}
