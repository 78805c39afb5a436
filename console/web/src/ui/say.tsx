import type { ReactNode } from 'react';
import { Link } from '@tanstack/react-router';
import type { Proof } from '@batonkit/console-contract';
import { ago, dayAndClock, spanText, utc } from '../lib/time.ts';
import { useNow } from '../lib/use-now.ts';
import { count, shortId } from '../lib/words.ts';
import { Icon, Shape } from './icon.tsx';
import { Name, Time } from './text.tsx';
import './say.css';

/** The sentence that answers a page's question; the number in it stands in `<b>`. */
export function Say({ children, lead }: { children: ReactNode; lead?: ReactNode }) {
  return (
    <>
      <h1 className="say" tabIndex={-1}>
        {children}
      </h1>
      {lead === undefined ? null : <p className="lead">{lead}</p>}
    </>
  );
}

/** What a sentence rests on: read completely, when, with how many exceptions, and by which sync. */
export function ProofLine({ proof, past = false }: { proof: Proof; past?: boolean }) {
  const now = useNow();
  const excepted = proof.exceptions.length;
  return (
    <p className="proof">
      <span className={excepted === 0 ? 'verdict ok' : 'verdict warn'}>
        <Shape of={excepted === 0 ? 'connected' : 'warning'} />
        <span>
          Read completely{excepted === 0 ? ' ' : `, with ${count(excepted, 'exception')}, `}
          {past ? null : (
            <span className="no-print">
              <Time at={proof.span.to}>{ago(proof.span.to, now)}</Time>
            </span>
          )}
          {/* On paper an age would be wrong a minute later, and nobody can rest a pointer on it for the zone. */}
          <span className={past ? '' : 'only-print'}>
            <Time at={proof.span.to}>{`on ${dayAndClock(proof.span.to)}`}</Time>
          </span>
          <span className="only-print"> ({utc(proof.span.to)})</span>
          {proof.span.kind === 'window' ? `, ${spanText(proof.span)}` : ''}
        </span>
      </span>
      <span title={`True ${spanText(proof.span)}`}>
        <Icon name="certificate" />
        <SyncLink id={proof.syncId} />
      </span>
      {proof.confirmedBy === null ? null : (
        <span>
          <Icon name="person" />
          <span>
            Changes confirmed by <Name>{proof.confirmedBy}</Name>
          </span>
        </span>
      )}
    </p>
  );
}

/** A sync, by its id, to its certificate. */
export function SyncLink({ id }: { id: string }) {
  return (
    <Link to="/syncs/$syncId" params={{ syncId: id }} className="mono sync-link" title={id}>
      <span className="unseen">Certificate of sync </span>
      {shortId(id)}
    </Link>
  );
}
