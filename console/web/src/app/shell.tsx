import { useQuery } from '@tanstack/react-query';
import { Link, Outlet } from '@tanstack/react-router';
import { ApiProblem } from '../lib/api-problem.ts';
import { read } from '../lib/queries.ts';
import { DRAWER_PLACE } from '../ui/drawer.tsx';
import { Icon } from '../ui/icon.tsx';
import { Note } from '../ui/note.tsx';
import { AccountMenu } from './account-menu.tsx';
import { useAllPages } from './use-all-pages.ts';
import { useLive } from './use-live.ts';
import './shell.css';

/** The frame of all pages: where one can go, and who is signed in. */
export function Shell() {
  const { data: session } = useQuery({ ...read('getSession', {}), staleTime: Infinity });
  const lost = useLive();
  useAllPages();
  const name = session?.user.name ?? '';
  return (
    <>
      <a className="skip" href="#main">
        Skip to content
      </a>
      <div className="frame">
        <nav className="side no-print" aria-label="Main">
          <Link to="/connectors" className="brand" aria-label="BatonKit, to the connectors">
            <img src="/logo.svg" alt="" height="26" />
          </Link>
          <div className="side-places">
            <ul>
              <li>
                <Link to="/apps">
                  <Icon name="apps" />
                  <span className="label">Apps</span>
                </Link>
              </li>
            </ul>
            <span className="side-title" id="nav-integrations">
              Integrations
            </span>
            <ul aria-labelledby="nav-integrations">
              <li>
                <Link to="/connectors">
                  <Icon name="plug" />
                  <span className="label">Connectors</span>
                </Link>
              </li>
            </ul>
          </div>
          <AccountMenu name={name} />
        </nav>
        <Outlet />
        <div id={DRAWER_PLACE} className="no-print" />
        <div className="lost" role="status">
          {lost ? <Lost /> : null}
        </div>
      </div>
      <nav className="tab-bar no-print" aria-label="Main, small">
        <Link to="/apps" className="tab-bar-item">
          <Icon name="apps" />
          <span>Apps</span>
        </Link>
        <Link to="/connectors" className="tab-bar-item">
          <Icon name="plug" />
          <span>Connectors</span>
        </Link>
        <AccountMenu name={name} small />
      </nav>
    </>
  );
}

/** Over every page, which looks as if all were well. */
function Lost() {
  const { title, meaning, remedy } = ApiProblem.unreachable().problem;
  return (
    <Note tone="err" title={title}>
      <p>
        {meaning} {remedy}
      </p>
    </Note>
  );
}
