import { useEffect, useEffectEvent, useRef, type ReactNode } from 'react';
import { createPortal } from 'react-dom';
import { Button } from './button.tsx';
import './drawer.css';

/** Where a drawer stands, beside the page; the shell has the place. */
export const DRAWER_PLACE = 'drawer-place';

interface DrawerProps {
  title: string;
  onClose: () => void;
  footer?: ReactNode;
  children: ReactNode;
}

/** Beside the page, which stays usable. Esc closes it, and the focus goes back to where it came from. */
export function Drawer({ title, onClose, footer, children }: DrawerProps) {
  const element = useRef<HTMLElement>(null);
  const close = useEffectEvent(onClose);
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    const drawer = element.current;
    drawer?.focus();
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !event.defaultPrevented) close();
    };
    drawer?.addEventListener('keydown', onKey);
    return () => {
      drawer?.removeEventListener('keydown', onKey);
      before?.focus();
    };
  }, []);
  const place = document.getElementById(DRAWER_PLACE);
  if (place === null) return null;
  return createPortal(
    <aside className="drawer" aria-label={title} ref={element} tabIndex={-1}>
      <header>
        <h2>{title}</h2>
        <Button kind="ghost" square icon="close" onPress={onClose}>
          Close log
        </Button>
      </header>
      {children}
      {footer === undefined ? null : <footer>{footer}</footer>}
    </aside>,
    place,
  );
}
