'use client';

import { Menu } from '@/components/ui/menu';
import type { QueueOf } from '@/lib/client/query-keys';
import { exportHref } from '@/lib/client/search';
import type { Search } from '@/lib/client/search-address';

const FORMATS = [
  { id: 'csv', label: 'CSV, without payloads', format: 'csv', payloads: false },
  { id: 'ndjson', label: 'NDJSON, without payloads', format: 'ndjson', payloads: false },
  { id: 'ndjson-payloads', label: 'NDJSON with data and results', format: 'ndjson', payloads: true },
] as const;

/** Everything that fits, as a file: at most 100,000 jobs. */
export function ExportMenu({ search, of }: { search: Search; of: QueueOf | null }) {
  const download = (format: 'csv' | 'ndjson', payloads: boolean) => {
    const link = document.createElement('a');
    link.href = exportHref(search, of, format, payloads);
    link.download = '';
    link.click();
  };
  return (
    <Menu
      label="Export what fits"
      items={FORMATS.map(({ id, label, format, payloads }) => ({
        id,
        label,
        onChoose: () => download(format, payloads),
      }))}
    >
      Export
    </Menu>
  );
}
