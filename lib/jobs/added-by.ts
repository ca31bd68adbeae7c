/** Who added a job, by its stored options; null where they do not say. */
export function readAddedBy(options: unknown): string | null {
  const by = typeof options === 'object' && options !== null ? (options as { addedBy?: unknown }).addedBy : null;
  return typeof by === 'string' && by !== '' ? by.slice(0, 200) : null;
}
