'use client';

import { useParams } from '@/components/ui/use-param';

/** Draws the period before behind the charts; kept in the address. */
export function CompareSwitch() {
  const { params, follow, hrefWith } = useParams();
  const isOn = params.get('compare') === 'before';
  return (
    <div className="seg">
      <button
        type="button"
        aria-pressed={isOn}
        title="The period before, behind the charts"
        onClick={() => follow(hrefWith({ compare: isOn ? null : 'before' }))}
      >
        Compare
      </button>
    </div>
  );
}
