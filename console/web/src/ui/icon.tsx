import './icon.css';

const PATHS = {
  apps: 'M3.7 2.5h2a1.2 1.2 0 0 1 1.2 1.2v2a1.2 1.2 0 0 1-1.2 1.2h-2a1.2 1.2 0 0 1-1.2-1.2v-2a1.2 1.2 0 0 1 1.2-1.2zM10.3 2.5h2a1.2 1.2 0 0 1 1.2 1.2v2a1.2 1.2 0 0 1-1.2 1.2h-2a1.2 1.2 0 0 1-1.2-1.2v-2a1.2 1.2 0 0 1 1.2-1.2zM3.7 9.1h2a1.2 1.2 0 0 1 1.2 1.2v2a1.2 1.2 0 0 1-1.2 1.2h-2a1.2 1.2 0 0 1-1.2-1.2v-2a1.2 1.2 0 0 1 1.2-1.2zM10.3 9.1h2a1.2 1.2 0 0 1 1.2 1.2v2a1.2 1.2 0 0 1-1.2 1.2h-2a1.2 1.2 0 0 1-1.2-1.2v-2a1.2 1.2 0 0 1 1.2-1.2z',
  ban: 'M8 2.3a5.7 5.7 0 1 0 0 11.4A5.7 5.7 0 0 0 8 2.3zM4 4l8 8',
  certificate: 'M4 2.5h5l3 3v8H4zM9 2.5v3h3',
  check: 'm3.5 8.3 3 3 6-6.6',
  chevron: 'm6 4 4 4-4 4',
  close: 'm4 4 8 8M12 4l-8 8',
  copy: 'M7 5.5h5a1.5 1.5 0 0 1 1.5 1.5v5a1.5 1.5 0 0 1-1.5 1.5H7A1.5 1.5 0 0 1 5.5 12V7A1.5 1.5 0 0 1 7 5.5zM10.5 3.5a1 1 0 0 0-1-1h-6a1 1 0 0 0-1 1v6a1 1 0 0 0 1 1',
  date: 'M4 3.5h8A1.5 1.5 0 0 1 13.5 5v7a1.5 1.5 0 0 1-1.5 1.5H4A1.5 1.5 0 0 1 2.5 12V5A1.5 1.5 0 0 1 4 3.5zM2.5 6.7h11M5.5 2v2.5M10.5 2v2.5',
  download: 'M8 2.5v7.2M5 7l3 3 3-3M3 13h10',
  log: 'M3 4h10M3 8h10M3 12h6',
  person: 'M8 7.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM3.6 13.5c.3-2.9 2.2-4.5 4.4-4.5s4.1 1.6 4.4 4.5',
  plug: 'M6 2.2v3.3M10 2.2v3.3M3.8 5.5h8.4v2.3a4.2 4.2 0 0 1-8.4 0zM8 12v2',
  plus: 'M8 3.2v9.6M3.2 8h9.6',
  search: 'M11.3 7A4.3 4.3 0 1 1 2.7 7a4.3 4.3 0 0 1 8.6 0zM10.3 10.3l3.2 3.2',
  service: 'M5 5.3h6a2 2 0 0 1 2 2V11a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V7.3a2 2 0 0 1 2-2zM8 5.3V2.8M6 8.7v1M10 8.7v1',
  stop: 'M5.5 4h5A1.5 1.5 0 0 1 12 5.5v5a1.5 1.5 0 0 1-1.5 1.5h-5A1.5 1.5 0 0 1 4 10.5v-5A1.5 1.5 0 0 1 5.5 4z',
  sync: 'M13.2 8a5.2 5.2 0 1 1-1.6-3.7M13.2 2.3v2.9h-2.9',
  theme: 'M8 2.3a5.7 5.7 0 1 0 0 11.4zM8 2.3a5.7 5.7 0 0 1 0 11.4',
  leave: 'M6.5 2.5H4A1.5 1.5 0 0 0 2.5 4v8A1.5 1.5 0 0 0 4 13.5h2.5M10 5l3 3-3 3M13 8H6.5',
  question: 'M5.6 5.8A2.4 2.4 0 0 1 8 3.6a2.3 2.3 0 0 1 2.4 2.3c0 1.7-2.4 1.9-2.4 3.6M8 12.2v.01',
} as const;

export type IconName = keyof typeof PATHS;

/** Drawn on a grid of 16 px; always beside words that say the same. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The shapes that carry a state, so that no colour has to. */
export function Shape({
  of,
}: {
  of: 'connected' | 'syncing' | 'processing' | 'error' | 'paused' | 'not_connected' | 'warning' | 'past';
}) {
  return (
    <svg className="shape" viewBox="0 0 16 16" aria-hidden="true">
      {SHAPES[of]}
    </svg>
  );
}

const line = { fill: 'none', strokeLinecap: 'round', strokeLinejoin: 'round' } as const;

const SHAPES = {
  connected: (
    <>
      <circle cx="8" cy="8" r="6.5" fill="var(--solid)" />
      <path d="m5 8.3 2.1 2.1L11 6" {...line} stroke="var(--surface)" strokeWidth="1.8" />
    </>
  ),
  syncing: (
    <>
      <circle cx="8" cy="8" r="5.5" fill="none" stroke="var(--edge)" strokeWidth="2.2" />
      <path className="turning" d="M8 2.5A5.5 5.5 0 0 1 13.5 8" {...line} stroke="var(--solid)" strokeWidth="2.2" />
    </>
  ),
  processing: (
    <>
      <circle cx="8" cy="8" r="5.7" fill="none" stroke="var(--solid)" strokeWidth="1.6" />
      <path d="M8 2.3a5.7 5.7 0 0 1 0 11.4z" fill="var(--solid)" />
    </>
  ),
  error: (
    <>
      <path d="M5.3 1.5h5.4l3.8 3.8v5.4l-3.8 3.8H5.3l-3.8-3.8V5.3z" fill="var(--solid)" />
      <path d="M8 4.7v4M8 11.2v.01" {...line} stroke="var(--surface)" strokeWidth="1.9" />
    </>
  ),
  paused: (
    <>
      <rect x="1.8" y="1.8" width="12.4" height="12.4" rx="3" fill="var(--solid)" />
      <path d="M6.2 5.3v5.4M9.8 5.3v5.4" {...line} stroke="var(--surface)" strokeWidth="1.8" />
    </>
  ),
  not_connected: (
    <circle cx="8" cy="8" r="5.7" fill="none" stroke="var(--solid)" strokeWidth="1.6" strokeDasharray="2.6 2.2" />
  ),
  warning: (
    <>
      <path d="M7.1 2.3a1 1 0 0 1 1.8 0l5.6 10.2a1 1 0 0 1-.9 1.5H2.4a1 1 0 0 1-.9-1.5z" fill="var(--solid)" />
      <path d="M8 6v3.3M8 11.5v.01" {...line} stroke="var(--surface)" strokeWidth="1.7" />
    </>
  ),
  past: (
    <>
      <circle cx="8" cy="8" r="6" fill="none" stroke="var(--solid)" strokeWidth="2" />
      <path d="M8 4.7V8L5.8 9.4" {...line} stroke="var(--solid)" strokeWidth="1.8" />
    </>
  ),
};
