'use client';

import { toggleTheme } from '@/components/shell/theme';
import { Button } from '@/components/ui/button';

export function ThemeButton() {
  return (
    <Button look="ghost" small className="-ml-2 text-[12px]" onClick={toggleTheme}>
      <svg width="13" height="13" viewBox="0 0 16 16" aria-hidden="true">
        <circle cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" strokeWidth="1.5" />
        <path d="M8 1.8a6.2 6.2 0 0 1 0 12.4z" fill="currentColor" />
      </svg>
      Theme
    </Button>
  );
}
