'use client';

import Link, { useLinkStatus } from 'next/link';
import type { ComponentProps } from 'react';
import { useEffect } from 'react';
import { readPendingHref, setPendingHref } from '@/components/shell/nav/pending';

interface PageLinkProps extends Omit<ComponentProps<typeof Link>, 'href'> {
  href: string;
}

/** A link to another page of the deck. Pages are read when they are opened, not before: their figures would be old. */
export function PageLink({ children, ...props }: PageLinkProps) {
  return (
    <Link prefetch={false} {...props}>
      <Pending href={props.href} />
      {children}
    </Link>
  );
}

function Pending({ href }: { href: string }) {
  const { pending } = useLinkStatus();
  useEffect(() => {
    if (!pending) return;
    setPendingHref(href);
    return () => {
      if (readPendingHref() === href) setPendingHref(null);
    };
  }, [pending, href]);
  return null;
}
