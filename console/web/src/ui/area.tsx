import { useId, type ReactNode } from 'react';
import './area.css';

interface AreaProps {
  title: string;
  /** One fact or one action beside the title. */
  side?: ReactNode;
  /** Without padding, for tables and lists. */
  flush?: boolean;
  footer?: ReactNode;
  tone?: 'warn' | 'err';
  children: ReactNode;
}

/** A titled part of a page. */
export function Area({ title, side, flush = false, footer, tone, children }: AreaProps) {
  const id = useId();
  return (
    <section className={`area${tone === undefined ? '' : ` toned ${tone}`}`} aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        {side}
      </header>
      <div className={flush ? 'inside flush' : 'inside'}>{children}</div>
      {footer === undefined ? null : <footer>{footer}</footer>}
    </section>
  );
}

/** A surface for a table or an empty state. */
export function Panel({ children }: { children: ReactNode }) {
  return <div className="area">{children}</div>;
}

/** Facts by name. */
export function Facts({ of }: { of: Readonly<Record<string, ReactNode>> }) {
  return (
    <dl className="facts">
      {Object.entries(of).map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
