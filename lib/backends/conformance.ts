import { afterAll, beforeAll, describe } from 'vitest';
import { testAdding } from './conformance/adding';
import type { Bench, Broker } from './conformance/broker';
import { testBulk } from './conformance/bulk';
import { testChanges } from './conformance/changes';
import { testEdits } from './conformance/edits';
import { testFigures } from './conformance/figures';
import { testFlows } from './conformance/flows';
import { testLists } from './conformance/lists';
import { testOneJob } from './conformance/one-job';
import { testOutage } from './conformance/outage';
import { testPayloads } from './conformance/payloads';
import { testCost, testRecording, testRecordingOutage } from './conformance/recording';
import { testRings } from './conformance/rings';
import { testSchedulers } from './conformance/schedulers';
import { testSweeps } from './conformance/sweeps';
import { testTail } from './conformance/tail';

/** The battery that every backend passes on a real server. Situations are made by BullMQ's own Queue, Worker and FlowProducer. */
export function describeBackend(name: string, open: () => Promise<Broker>): void {
  describe(name, () => {
    let broker: Broker | null = null;
    beforeAll(async () => {
      broker = await open();
    });
    afterAll(() => broker?.close());
    const bench: Bench = {
      get broker() {
        if (broker === null) throw new Error('the broker is not open');
        return broker;
      },
      get backend() {
        return this.broker.backend;
      },
    };
    describe('adding', () => testAdding(bench));
    describe('lists', () => testLists(bench));
    describe('one job', () => testOneJob(bench));
    describe('payloads', () => testPayloads(bench));
    describe('figures', () => testFigures(bench));
    describe('changes', () => testChanges(bench));
    describe('edits', () => testEdits(bench));
    describe('sweeps', () => testSweeps(bench));
    describe('schedulers', () => testSchedulers(bench));
    describe('operations on many', () => testBulk(bench));
    describe('flows', () => testFlows(bench));
    describe('flows that lead back into themselves', () => testRings(bench));
    describe('the live tail', () => testTail(bench));
    describe('recording', () => testRecording(bench));
    describe('its own cost', () => testCost(bench));
    describe('a broker that is away', () => {
      testRecordingOutage(bench);
      testOutage(bench);
    });
  });
}
