import { describeSchedule, findFault, nextRuns } from '@/lib/cron';
import { toSchedule } from '@/lib/schedulers/timing';
import { query } from '@/lib/verbs';

const RUNS = 10;

/** For a field that is being typed in: what is wrong is part of the answer, not an error. */
export const previewSchedule = query('scheduler.preview', async (_ask, { body }) => {
  const schedule = toSchedule(body);
  const fault = findFault(schedule);
  if (fault) return { words: null, runs: [], ends: false, fault };
  const count = Math.min(RUNS, body.limit ?? RUNS);
  const fromMs = body.from === undefined ? Date.now() : Date.parse(body.from);
  const { runs, ends } = nextRuns(schedule, { fromMs, count });
  return {
    words: await describeSchedule(schedule),
    runs: runs.map((at) => new Date(at).toISOString()),
    ends: ends || body.limit === runs.length,
    fault: null,
  };
});
