import type { QueueSort } from '@/components/queues/list/queues-address';

export interface Column {
  sort: QueueSort;
  /** In the head; `full` where that is short for something. */
  label: string;
  full?: string;
  /** Width and from which width of the window on it is shown (app/styles/data.css). */
  className: string;
  isFigure?: boolean;
}

/** Left to right. Those with `wide` come where there is room. */
export const COLUMNS: readonly Column[] = [
  { sort: 'name', label: 'Queue', className: '' },
  { sort: 'source', label: 'Source', className: 'w-[96px] col-2' },
  { sort: 'health', label: 'State', className: 'w-[104px]' },
  { sort: 'jobs', label: 'Jobs by state', className: 'w-[92px] col-4' },
  { sort: 'ready', label: 'Ready', full: 'Waiting and prioritized', className: 'w-[76px]', isFigure: true },
  { sort: 'waiting', label: 'Waiting', className: 'w-[76px] col-wide', isFigure: true },
  { sort: 'prioritized', label: 'Priority', full: 'Prioritized', className: 'w-[66px] col-4', isFigure: true },
  { sort: 'active', label: 'Active', className: 'w-[60px] col-1', isFigure: true },
  { sort: 'delayed', label: 'Delayed', className: 'w-[70px] col-2', isFigure: true },
  { sort: 'children', label: 'Children', full: 'Waiting children', className: 'w-[72px] col-4', isFigure: true },
  { sort: 'failed', label: 'Failed', full: 'Failed jobs that the broker keeps', className: 'w-[76px]', isFigure: true },
  { sort: 'completed', label: 'Completed', className: 'w-[92px] col-wide', isFigure: true },
  { sort: 'oldest', label: 'Oldest wait', className: 'w-[88px] col-1', isFigure: true },
  { sort: 'in', label: 'In / min', full: 'Added per minute', className: 'w-[68px] col-3', isFigure: true },
  { sort: 'out', label: 'Out / min', full: 'Finished per minute', className: 'w-[76px] col-2', isFigure: true },
  { sort: 'p95', label: 'Run p95', className: 'w-[76px] col-3', isFigure: true },
  { sort: 'workers', label: 'Workers', className: 'w-[168px] col-1 max-[1680px]:w-[92px]' },
];
