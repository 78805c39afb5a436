import { Fragment, useEffect, useRef, type ReactNode } from 'react';
import { Link, type LinkProps } from '@tanstack/react-router';
import { useTitle } from '../lib/use-title.ts';
import { AsOfBanner, AsOfControl } from './as-of.tsx';
import { Icon } from './icon.tsx';
import './page.css';

export interface Crumb {
  label: string;
  to?: LinkProps;
}

interface PageProps {
  title: string;
  /** Where this page is; the last one is the page itself. */
  crumbs: readonly Crumb[];
  /** For pages that can be looked at as of a past moment. */
  asOf?: { asOf: string | undefined; onChange: (asOf: string | undefined) => void };
  narrow?: boolean;
  children: ReactNode;
}

/** The top bar and the main part of a page. */
export function Page({ title, crumbs, asOf, narrow = false, children }: PageProps) {
  const main = useRef<HTMLElement>(null);
  useTitle(title);
  useEffect(() => {
    // A new page is where reading goes on, unless something in it has taken the focus.
    if (main.current?.contains(document.activeElement) === false) main.current.focus({ preventScroll: true });
  }, []);
  return (
    <div className="page-frame" {...(asOf?.asOf === undefined ? {} : { 'data-past': true })}>
      <header className="top-bar">
        <Link to="/connectors" className="top-brand" aria-label="BatonKit, to the connectors">
          <img src="/logo.svg" alt="" height="26" />
        </Link>
        <nav className="crumbs" aria-label="Where you are">
          {crumbs.map(({ label, to }, index) => (
            <Fragment key={label}>
              {index === 0 ? null : <Icon name="chevron" />}
              {to !== undefined ? (
                <Link {...(to as LinkProps)}>{label}</Link>
              ) : index === crumbs.length - 1 ? (
                <b aria-current="page">
                  <bdi>{label}</bdi>
                </b>
              ) : (
                <span>{label}</span>
              )}
            </Fragment>
          ))}
        </nav>
        <div className="push">{asOf === undefined ? null : <AsOfControl {...asOf} />}</div>
      </header>
      {asOf?.asOf === undefined ? null : <AsOfBanner asOf={asOf.asOf} onChange={asOf.onChange} />}
      <main id="main" tabIndex={-1} ref={main} className={narrow ? 'page narrow' : 'page'}>
        {children}
      </main>
    </div>
  );
}

/** Title, a line below it, and what can be done. */
export function PageHead({
  title,
  lead,
  mark,
  actions,
}: {
  title: ReactNode;
  lead?: ReactNode;
  mark?: ReactNode;
  actions?: ReactNode;
}) {
  return (
    <div className="page-head">
      {mark}
      <div>
        <h1>{title}</h1>
        {lead === undefined ? null : <p className="lead">{lead}</p>}
      </div>
      {actions === undefined ? null : <div className="page-actions">{actions}</div>}
    </div>
  );
}
