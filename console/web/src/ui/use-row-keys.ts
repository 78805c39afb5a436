import { useEffect, useRef } from 'react';

const AT_ONCE = 10;

/**
 * A grid is one stop of Tab. In it arrows go from row to row, and in a row to its links; Home, End, Page Up and Page
 * Down jump, Enter opens a row's first link. Rows come with tabindex -1, and so do their links.
 */
export function useRowKeys() {
  const frame = useRef<HTMLDivElement>(null);
  // Whatever was drawn: one row, the one last at if it is still there, can be reached.
  useEffect(() => {
    const rows = rowsIn(frame.current);
    if (rows.every((row) => row.tabIndex !== 0) && rows[0] !== undefined) rows[0].tabIndex = 0;
  });
  useEffect(() => {
    const grid = frame.current;
    if (grid === null) return undefined;
    const enter = ({ target }: FocusEvent) => {
      const at = rowOf(target);
      if (at === null) return;
      for (const row of rowsIn(grid)) if (row.tabIndex === 0 && row !== at) row.tabIndex = -1;
      at.tabIndex = 0;
    };
    const press = (event: KeyboardEvent) => {
      const row = rowOf(event.target);
      if (row === null || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
      if (event.key === 'Enter' && event.target === row) linksIn(row)[0]?.click();
      const next = step(event.key, row, event.target as HTMLElement, rowsIn(grid));
      if (next === undefined) return;
      event.preventDefault();
      next.focus();
    };
    grid.addEventListener('focusin', enter);
    grid.addEventListener('keydown', press);
    return () => {
      grid.removeEventListener('focusin', enter);
      grid.removeEventListener('keydown', press);
    };
  }, []);
  return frame;
}

/** Where a key leads; undefined: it is not one of ours, or there is nothing further. */
function step(key: string, row: HTMLElement, at: HTMLElement, rows: HTMLElement[]): HTMLElement | undefined {
  const place = rows.indexOf(row);
  const last = rows.length - 1;
  switch (key) {
    case 'ArrowDown':
      return rows[place + 1];
    case 'ArrowUp':
      return rows[place - 1];
    case 'PageDown':
      return rows[Math.min(place + AT_ONCE, last)];
    case 'PageUp':
      return rows[Math.max(place - AT_ONCE, 0)];
    case 'Home':
      return rows[0];
    case 'End':
      return rows[last];
    case 'ArrowRight':
    case 'ArrowLeft': {
      const stops = [row, ...linksIn(row)];
      return stops[stops.indexOf(at) + (key === 'ArrowRight' ? 1 : -1)];
    }
    default:
      return undefined;
  }
}

const rowOf = (target: EventTarget | null): HTMLElement | null =>
  target instanceof Element ? target.closest<HTMLElement>('tbody tr') : null;
const rowsIn = (frame: HTMLElement | null): HTMLElement[] => [
  ...(frame?.querySelectorAll<HTMLElement>('tbody tr') ?? []),
];
/** Those that are seen: a column may be left out. */
const linksIn = (row: HTMLElement): HTMLElement[] =>
  [...row.querySelectorAll<HTMLElement>('a, button')].filter((link) => link.getClientRects().length > 0);
