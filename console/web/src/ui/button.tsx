import type { ReactNode } from 'react';
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from 'react-aria-components/Button';
import { Link, type LinkProps } from '@tanstack/react-router';
import { Icon, Shape, type IconName } from './icon.tsx';
import './button.css';

interface Look {
  kind?: 'primary' | 'plain' | 'ghost' | 'danger';
  size?: 'small' | 'large';
  icon?: IconName;
  /** Only the icon is seen; the label is its name. */
  square?: boolean;
}

export interface ButtonProps extends Look, Omit<AriaButtonProps, 'className' | 'children' | 'isDisabled'> {
  children: ReactNode;
  /** The word while what was asked for is under way. */
  waiting?: string | false | undefined;
  /** Why it cannot be pressed now; it stays where the keyboard finds it. */
  off?: string | undefined;
}

/** Does something. One primary button on a screen. */
export function Button({ kind, size, icon, square, children, waiting, off, onPress, ...rest }: ButtonProps) {
  const waits = typeof waiting === 'string';
  const blocked = waits || off !== undefined;
  // Not React Aria's isPending: its announcement speaks of a button that is gone once the work is done.
  return (
    <AriaButton
      {...rest}
      {...(!blocked && onPress !== undefined ? { onPress } : {})}
      {...(blocked ? { type: 'button' as const } : {})}
      {...(waits ? { 'data-waiting': true } : {})}
      className={looks({ kind, size, square })}
      {...(blocked ? { render: (props) => <button {...props} type="button" aria-disabled="true" title={off} /> } : {})}
    >
      {waits ? <Shape of="syncing" /> : icon === undefined ? null : <Icon name={icon} />}
      {square === true ? <span className="unseen">{children}</span> : waits ? waiting : children}
    </AriaButton>
  );
}

/** Goes somewhere, and looks like a button. */
export function ButtonLink({
  kind,
  size,
  icon,
  children,
  ...rest
}: Look & LinkProps & { children: ReactNode; 'aria-describedby'?: string }) {
  return (
    <Link {...(rest as LinkProps)} className={looks({ kind, size })}>
      {icon === undefined ? null : <Icon name={icon} />}
      {children}
    </Link>
  );
}

function looks({ kind = 'plain', size, square = false }: Partial<Record<keyof Look, unknown>>): string {
  return ['button', kind, size, square === true ? 'square' : undefined].filter(Boolean).join(' ');
}
