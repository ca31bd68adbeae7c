import { buildOpenApi } from '@/lib/system/openapi-document';
import { query } from '@/lib/verbs';

export const describeApi = query('system.openapi', async () => buildOpenApi());
