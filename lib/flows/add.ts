import type { FlowMethods } from '@/lib/backends/flows';
import type { SourceEntry } from '@/lib/context';
import { CodedError } from '@/lib/contracts/errors';
import type { FlowAdded, FlowTree } from '@/lib/contracts/flows';
import type { Enqueued } from '@/lib/contracts/jobs';
import { applyRules, type PlacedNode, parseTree, placeNodes } from '@/lib/flows/check-tree';
import { location } from '@/lib/jobs/enqueue';
import { type Claim, claimKey } from '@/lib/jobs/idempotency';
import { sharedSnapshot } from '@/lib/queues/snapshot';
import { findSource } from '@/lib/sources/find';
import { readRules } from '@/lib/tasks/definitions';
import { Answer, type Ask, action } from '@/lib/verbs';

interface Order {
  ask: Ask;
  entry: SourceEntry;
  flows: FlowMethods;
  flow: FlowTree;
  placed: PlacedNode[];
}

/**
 * The whole tree or nothing. With an Idempotency-Key the ids of all nodes are chosen and stored before the broker is asked, so that the
 * same tree asked for again adds the same jobs, which are there already.
 */
export const addFlow = action(
  'flow.add',
  async (ask, { body }) => {
    const { source, flow } = parseTree(body);
    const entry = findSource(ask.sources, source);
    const { flows } = entry.backend;
    if (!flows) throw new CodedError('not_supported', `${entry.backend.kind} has no flows.`);
    const placed = placeNodes(flow);
    applyRules(placed, source, await readRules(ask));
    const order = { ask, entry, flows, flow, placed };
    const key = ask.headers.idempotencyKey;
    return key === null ? answer(await add(order, false), placed.length, {}) : addOnce(order, key, body);
  },
  ({ body: { source, flow } }, output) => ({
    source,
    queue: flow.queue,
    name: flow.name,
    ...(output instanceof Answer ? { id: output.body.id, nodes: output.body.nodes } : {}),
  }),
);

async function addOnce(order: Order, key: string, body: unknown): Promise<Answer<FlowAdded>> {
  const { ask, entry, flow, placed } = order;
  const named = placed.find(({ node }) => node.options.id !== undefined);
  if (named)
    throw new CodedError('validation_failed', 'Idempotency-Key: chooses the ids; give none yourself.', {
      errors: [{ path: `${named.path}.options.id`, message: 'is chosen by the Idempotency-Key' }],
    });
  const { name: source } = entry.config;
  const claim = await claimKey(ask.store, {
    ...{ scope: 'flow.add', key, body, source, queue: flow.queue, count: placed.length },
    ...{ by: ask.actor.name, signal: ask.signal },
  });
  const [replayed] = claim.kind === 'replay' ? claim.answer : [];
  if (replayed) return answer(replayed, placed.length, { 'idempotency-replayed': 'true' });
  if (claim.kind === 'replay') throw new Error('idempotency: an answer without a job');
  return addClaimed(order, claim);
}

async function addClaimed(order: Order, claim: Extract<Claim, { kind: 'claimed' }>): Promise<Answer<FlowAdded>> {
  for (const [i, { node }] of order.placed.entries()) {
    const id = claim.jobIds[i];
    if (id === undefined) throw new Error('idempotency: fewer ids than jobs');
    node.options = { ...node.options, id };
  }
  try {
    const added = await add(order, true);
    await claim.finish([added]);
    return answer(added, order.placed.length, {});
  } catch (error) {
    await claim.release().catch(() => undefined);
    throw error;
  }
}

async function add({ ask, entry, flows, flow }: Order, pinned: boolean): Promise<Enqueued> {
  const added = await flows.add(flow, pinned, ask.actor.name);
  if (added.kind === 'taken')
    throw new CodedError('job_exists', `Queue "${added.job.queue}" has a job "${added.job.id}"; nothing was added.`);
  if (added.kind === 'refused') throw new CodedError('job_exists', added.reason);
  sharedSnapshot(entry.backend).readSoon();
  return { source: entry.config.name, queue: flow.queue, id: added.id, name: flow.name, state: added.state };
}

function answer(job: Enqueued, nodes: number, headers: Record<string, string>): Answer<FlowAdded> {
  const replayed = headers['idempotency-replayed'] !== undefined;
  return new Answer({ ...job, nodes }, replayed ? 200 : 201, { ...location(job), ...headers });
}
