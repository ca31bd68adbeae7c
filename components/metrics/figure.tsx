import type { ReactNode } from 'react';
import { Sparkline, type Tone } from '@/components/charts/sparkline';

interface FigureProps {
  label: string;
  /** Undefined: on its way. */
  value: string | undefined;
  unit?: ReactNode;
  note?: string;
  isBad?: boolean;
  line?: readonly (number | null)[] | undefined;
  tone: Tone;
}

/** One figure with what it was before, and its line over the period. */
export function Figure({ label, value, unit, note, isBad = false, line, tone }: FigureProps) {
  const isKnown = value !== undefined && value !== '—';
  return (
    <div className="fig">
      <dt>{label}</dt>
      <dd className="v">
        {isKnown ? value : <span className="text-ink-3">—</span>}
        {isKnown && unit && <small>{unit}</small>}
      </dd>
      <dd className={`d ${isBad ? 'bad' : ''}`}>{note || '\u00a0'}</dd>
      <dd className="m-0 h-[26px]" aria-hidden>
        {line && (
          <Sparkline values={line} tone={tone} width={160} height={26} label={`${label} over the period`} fluid />
        )}
      </dd>
    </div>
  );
}
