/** Where something odd is, so that it can be asked for. Names that are no text stand here as what they are read as. */
export interface OddPlace {
  source: string;
  queue: string;
  jobs: string[];
  schedulers: string[];
}

/** Queues whose figures must stay right and fresh whatever stands beside them. */
export const HEALTHY = ['healthy-mails', 'healthy-reports', 'healthy-hooks'] as const;

export const NUL = '\u0000';

/** Text that no compression makes shorter, the same at each run: an index that keeps it whole cannot take much of it. */
export function incompressible(chars: number, seed: number): string {
  let state = seed;
  return Array.from({ length: chars }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return (state % 36).toString(36);
  }).join('');
}
