import { describe, expect, it } from 'vitest';
import { contentDisposition } from './file';

describe('contentDisposition', () => {
  it('keeps a plain name', () => {
    expect(contentDisposition('orders-2026-10.xlsx')).toBe(
      `attachment; filename="orders-2026-10.xlsx"; filename*=UTF-8''orders-2026-10.xlsx`,
    );
  });

  it('lets no name break out of the header', () => {
    const header = contentDisposition('a"; x=\r\nSet-Cookie: b=1\\%/Bücher(1).csv');
    expect(header).not.toMatch(/[\r\n]/);
    expect(header.match(/"/g)).toHaveLength(2);
    expect(header).toContain('B%C3%BCcher%281%29.csv');
  });
});
