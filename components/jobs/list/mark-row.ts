/** The marked row is the one that holds the focus: what the keyboard does is what a screen reader hears. */
export function readMarkedRow(table: HTMLTableElement | null): string | null {
  return rowOf(table, document.activeElement);
}

/** Name of the job whose row an element stands in. */
export function rowOf(table: HTMLTableElement | null, element: EventTarget | null): string | null {
  const row = element instanceof Element ? element.closest('tr') : null;
  return row && table?.contains(row) ? (row.dataset.job ?? null) : null;
}

/** Moves the mark by one row; from outside it starts at the first. False when there is no row to go to. */
export function moveInTable(table: HTMLTableElement | null, step: 1 | -1): boolean {
  const rows = [...(table?.querySelectorAll<HTMLTableRowElement>('tr[data-job]') ?? [])];
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const row = rows[at === -1 ? 0 : at + step];
  row?.querySelector<HTMLAnchorElement>('a')?.focus();
  row?.scrollIntoView({ block: 'nearest' });
  return row !== undefined;
}
