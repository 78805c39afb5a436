import type { ReactNode } from 'react';

interface ScrollRegionProps {
  label: string;
  className: string;
  children: ReactNode;
}

/** A part of a page that scrolls by itself: named, and reachable by keyboard, as not every browser makes it so. */
export function ScrollRegion({ label, className, children }: ScrollRegionProps) {
  return (
    // WCAG 2.1.1 wants the tab stop here; the rule below is about parts that do not scroll.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={className} role="region" aria-label={label} tabIndex={0}>
      {children}
    </div>
  );
}
