import { clsx } from 'clsx';
import { type ComponentProps, useId } from 'react';
import { Visible } from '@/components/ui/visible';
import { toVisible } from '@/lib/format/visible';

export interface ButtonProps extends Omit<ComponentProps<'button'>, 'disabled'> {
  look?: 'plain' | 'primary' | 'danger' | 'danger-solid' | 'ghost';
  small?: boolean;
  icon?: boolean;
  busy?: boolean;
  /** Where the focus goes when the dialog around it opens. */
  'data-autofocus'?: boolean;
  /** Why it cannot be pressed; null or absent: it can. Stays in the tab order, so that the reason can be reached. */
  blocked?: string | null | undefined;
}

const LOOKS = { plain: '', primary: 'primary', danger: 'danger', 'danger-solid': 'danger solid', ghost: 'ghost' };

export function Button({
  look = 'plain',
  small,
  icon,
  busy,
  blocked,
  className,
  onClick,
  children,
  ...rest
}: ButtonProps) {
  const reasonId = useId();
  const isBlocked = Boolean(blocked);
  return (
    <>
      <button
        type="button"
        {...rest}
        className={clsx('btn', LOOKS[look], small && 'sm', icon && 'icon', className)}
        aria-disabled={isBlocked || busy || undefined}
        aria-busy={busy || undefined}
        aria-describedby={isBlocked ? reasonId : rest['aria-describedby']}
        title={blocked ? toVisible(blocked) : rest.title}
        onClick={(event) => {
          if (isBlocked || busy) event.preventDefault();
          else onClick?.(event);
        }}
      >
        {children}
      </button>
      {isBlocked && (
        <span id={reasonId} hidden>
          <Visible text={blocked} />
        </span>
      )}
    </>
  );
}
