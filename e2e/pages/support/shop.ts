import pg from 'pg';
import { childEnvironment } from '@/lib/env';
import { seedShop } from '@/worker/demo/seed-shop';

const ORDERS = 200_000;

/** The demo shop in the store under test: without demo traffic nobody fills it. Does nothing when it is there. */
export async function fillShop(): Promise<void> {
  const client = new pg.Client({
    connectionString: childEnvironment({}).QUEUEDECK_TEST_DATABASE_URL,
    options: '-c timezone=UTC',
  });
  await client.connect();
  try {
    await seedShop(client, { orders: ORDERS });
  } finally {
    await client.end();
  }
}
