import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { ApiView } from '@/components/docs/api-view';
import { readOperations } from '@/components/docs/read-operations';
import { ask } from '@/lib/http/ask';

export const metadata: Metadata = { title: 'API' };

export default async function ApiPage() {
  const host = (await headers()).get('host') ?? '127.0.0.1:3000';
  const operations = readOperations(await ask('system.openapi', {}));
  return <ApiView operations={operations} origin={`http://${host}`} />;
}
