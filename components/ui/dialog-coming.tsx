'use client';

import { useModal } from '@/components/ui/use-modal';

/**
 * Stands where a dialog will be whose code is on its way: from the press that asked for it, no key reaches what is below. It shows
 * itself when that takes longer than a moment.
 */
export function DialogComing({ onClose }: { onClose: () => void }) {
  const modal = useModal(onClose);
  return (
    <dialog {...modal} className="dialog coming" aria-label="Loading">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the focus has to be somewhere, and no key may do anything */}
      <p data-autofocus tabIndex={0} role="status" className="muted m-0 px-4 py-3 outline-none">
        Loading…
      </p>
    </dialog>
  );
}
