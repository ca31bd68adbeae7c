'use client';

import { SHORTCUTS } from '@/components/shell/shortcuts';
import { Dialog } from '@/components/ui/dialog';

export function HelpDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keyboard" onClose={onClose}>
      {(['everywhere', 'in a list of jobs'] as const).map((where) => (
        <section key={where}>
          <h3 className="mb-1 font-medium text-[12px] text-ink-3 first-letter:uppercase">{where}</h3>
          <dl className="m-0">
            {SHORTCUTS.filter((shortcut) => shortcut.where === where).map(({ keys, does }) => (
              <div key={does} className="flex items-center justify-between border-line border-b py-1.5 last:border-0">
                <dt>{does}</dt>
                <dd className="m-0 flex gap-1">
                  {keys.map((key) => (
                    <kbd key={key} className="kbd">
                      {key}
                    </kbd>
                  ))}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Dialog>
  );
}
