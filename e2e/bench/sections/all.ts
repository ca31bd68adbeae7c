import type { Section } from '../context';
import { measureExport } from '../export';
import { benchLive } from '../live';
import { measureClients } from './clients';
import { measureCommands } from './commands';
import { measureDetail } from './detail';
import { measureFailure } from './failure';
import { measureFirstLoad } from './first-load';
import { measureGrouping } from './grouping';
import { measureList } from './list';
import { measureMemory } from './memory';
import { measureNames } from './names';
import { measureOperations } from './operations';
import { measureOverview } from './overview';
import { measureRecorder } from './recorder';
import { measureSearch } from './search';
import { measureStarve } from './starve';

/** In the order in which they run: the web process is weighed after the rest. */
export const SECTIONS: readonly Section[] = [
  { name: 'overview', measure: measureOverview },
  { name: 'list', measure: measureList },
  { name: 'detail', measure: measureDetail },
  { name: 'commands', measure: measureCommands },
  { name: 'clients', measure: measureClients },
  { name: 'failure', measure: measureFailure },
  { name: 'first-load', measure: measureFirstLoad },
  { name: 'live', measure: benchLive },
  { name: 'export', measure: measureExport },
  { name: 'operations', measure: measureOperations },
  { name: 'recorder', measure: measureRecorder },
  { name: 'names', measure: measureNames },
  { name: 'search', measure: measureSearch },
  { name: 'starve', measure: measureStarve },
  { name: 'grouping', measure: measureGrouping },
  { name: 'memory', measure: measureMemory },
];
