import { describeBackend } from '@/lib/backends/conformance';
import { startPostgres } from '@/lib/testing/servers';
import { openTestBroker } from './postgres/open-test-broker';

describeBackend('BullMQ on PostgreSQL', async () => {
  const server = await startPostgres();
  const broker = await openTestBroker(server.url);
  return {
    ...broker,
    freeze: server.freeze,
    thaw: server.thaw,
    kill: server.kill,
    restart: server.restart,
    close: async () => {
      await broker.close();
      await server.stop();
    },
  };
});
