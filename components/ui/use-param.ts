'use client';

import { usePathname, useSearchParams } from 'next/navigation';
import type { MouseEvent } from 'react';

/** A link to this page with some of its query changed: a real address, followed without asking the server. */
export function useParams() {
  const path = usePathname();
  const params = useSearchParams();
  const hrefWith = (changes: Record<string, string | string[] | null>): string => {
    const next = new URLSearchParams(params);
    for (const [name, value] of Object.entries(changes)) {
      next.delete(name);
      for (const each of value === null ? [] : [value].flat()) next.append(name, each);
    }
    const query = next.toString();
    return query ? `${path}?${query}` : path;
  };
  const follow = (href: string) => window.history.pushState(null, '', href);
  /** Spread on an <a>; modified clicks stay the browser's. */
  const linkTo = (changes: Record<string, string | string[] | null>) => {
    const href = hrefWith(changes);
    return {
      href,
      onClick: (event: MouseEvent) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button !== 0) return;
        event.preventDefault();
        follow(href);
      },
    };
  };
  return { params, hrefWith, follow, linkTo };
}
