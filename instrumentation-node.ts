import { closeAllHubs } from '@/lib/live/hub';

// Next waits for open connections before it exits: streams would hold it for ever.
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, closeAllHubs);

// The launcher holds the other end: when it is gone, however it went, nothing of it stays.
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
