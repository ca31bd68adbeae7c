export const GROUP =
  '[&_[cmdk-group-heading]]:px-3 [&_[cmdk-group-heading]]:py-1.5 [&_[cmdk-group-heading]]:text-[11px] [&_[cmdk-group-heading]]:text-ink-3';
export const ITEM = 'flex h-8 items-center gap-2 rounded-md px-3 cursor-pointer data-[selected=true]:bg-hover';
/** As long as a text of the failures' list may be. */
export const MOST_TYPED = 200;
