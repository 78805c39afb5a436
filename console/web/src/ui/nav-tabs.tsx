import type { ReactNode } from 'react';
import { Link, type LinkProps } from '@tanstack/react-router';
import './tabs.css';

/** Pages of one thing, as links. */
export function NavTabs({ label, children }: { label: string; children: ReactNode }) {
  return (
    <nav className="tabs" aria-label={label}>
      {children}
    </nav>
  );
}

export function NavTab({ count, children, ...to }: { count?: string; children: string } & LinkProps) {
  return (
    <Link {...(to as LinkProps)} className="tab">
      {children}
      {count === undefined ? null : <span className="tab-count">{count}</span>}
    </Link>
  );
}
