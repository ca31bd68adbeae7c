import { TextField } from '@/components/ui/text-field';

interface CountFieldProps {
  count: number;
  value: string;
  onChange: (value: string) => void;
}

/** Where very many jobs are changed, their number is typed first. */
export function CountField({ count, value, onChange }: CountFieldProps) {
  return (
    <TextField
      label={
        <>
          Type <b className="mono tnum select-all font-[600]">{count}</b> to confirm the number of jobs
        </>
      }
      className="max-w-[340px]"
      inputMode="numeric"
      value={value}
      onChange={onChange}
    />
  );
}

/** `1,204`, `1 204` or `1204`. */
export function readCount(text: string): number | null {
  const digits = text.replaceAll(/[\s,.']/g, '');
  return /^\d+$/.test(digits) ? Number(digits) : null;
}
