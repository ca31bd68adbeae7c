import { query } from '@/lib/verbs';

export const checkHealth = query('system.health', async () => ({ status: 'ok' }));
