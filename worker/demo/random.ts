/** What the invention of a job depends on. */
export interface Facts {
  /** 0 ≤ x < 1. */
  random: () => number;
  nowMs: number;
  /** Without a slash at the end. */
  webhookUrl: string;
}

export function pick<T>(random: () => number, choices: readonly [T, ...T[]] | readonly T[]): T {
  return choices[Math.floor(random() * choices.length)] as T;
}

/** `2026-11-22`, UTC. */
export function toDay(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 10);
}
