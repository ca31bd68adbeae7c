import { type BenchRow, isMiss } from './rows';

/** `work | reach | measured | best peer` as aligned text, misses marked. */
export function formatTable(rows: readonly BenchRow[]): string {
  const cells = [['work', 'reach', 'measured', 'best peer', ''], ...rows.map(formatRow)];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((row) => (row[column] ?? '').length)));
  const lines = cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const [head = '', ...body] = lines;
  return [head, '-'.repeat(head.length), ...body].join('\n');
}

function formatRow(row: BenchRow): string[] {
  const unit = row.unit ? ` ${row.unit}` : '';
  const p95 = row.p95 === undefined ? '' : ` (p95 ${formatNumber(row.p95)})`;
  const measured = Number.isNaN(row.value) ? '—' : `${formatNumber(row.value)}${unit}${p95}`;
  const reach = row.reach === null ? '' : `≤ ${formatNumber(row.reach)}${unit}`;
  const peer = row.peer === null ? '' : typeof row.peer === 'number' ? `${formatNumber(row.peer)}${unit}` : row.peer;
  return [row.name, reach, measured, peer, [isMiss(row) ? 'MISSED' : '', row.note ?? ''].filter(Boolean).join(' · ')];
}

function formatNumber(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en-GB', { maximumFractionDigits: digits });
}
