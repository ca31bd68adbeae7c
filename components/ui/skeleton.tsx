/** A bar where a figure will be; `width` in CSS units. */
export function Skeleton({ width, height = '10px' }: { width: string; height?: string }) {
  return <span aria-hidden className="skeleton" style={{ width, height }} />;
}

const WIDTHS = ['62%', '38%', '74%', '46%', '56%', '30%', '68%', '42%'];

/** Rows of the height that the real ones will have. */
export function SkeletonRows({ rows, columns }: { rows: number; columns: number }) {
  return (
    <div aria-hidden>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows without identity
        <div key={row} className="flex h-9 items-center gap-6 border-line border-b px-[14px] last:border-0">
          {Array.from({ length: columns }, (_, column) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: cells without identity
            <span key={column} className={column === 0 ? 'flex-[2]' : 'flex-1'}>
              <Skeleton width={WIDTHS[(row * 3 + column * 5) % WIDTHS.length] ?? '50%'} />
            </span>
          ))}
        </div>
      ))}
    </div>
  );
}
