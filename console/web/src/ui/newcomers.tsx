import type { HeldNewcomer } from '@batonkit/console-contract';
import { listed } from '../lib/words.ts';
import { Flag } from './state-chip.tsx';
import { Name } from './text.tsx';
import './newcomers.css';

/** Administrators of a sync that is held. They are shown before anybody decides about it. */
export function Newcomers({ of }: { of: readonly HeldNewcomer[] }) {
  return (
    <ul className="newcomers" aria-label="New administrators, seen in a held sync">
      {of.map(({ account, roles }) => (
        <li key={`${account.email ?? ''} ${account.name} ${roles.join(' ')}`}>
          <span className="who-name">
            <b>
              <Name>{account.name}</Name>
            </b>
            <span className="who-sub">{account.email === null ? 'no email' : <Name>{account.email}</Name>}</span>
          </span>
          <span>{roles.length === 0 ? 'By flag, not by role' : <Name>{listed(roles)}</Name>}</span>
          <Flag>Seen in a held sync</Flag>
        </li>
      ))}
    </ul>
  );
}
