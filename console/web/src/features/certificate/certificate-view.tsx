import type { Span } from '@batonkit/console-contract';
import { fileAddress } from '../../lib/call.ts';
import { boundsText, day, dayAndClock, seconds, spanText } from '../../lib/time.ts';
import { count, figure, listed, shown } from '../../lib/words.ts';
import { Facts } from '../../ui/area.tsx';
import { Copy } from '../../ui/copy.tsx';
import { Exceptions } from '../../ui/exceptions.tsx';
import { Icon, Shape } from '../../ui/icon.tsx';
import { ScrollRegion } from '../../ui/scroll-region.tsx';
import type { CertificateForm } from './certificate-form.ts';
import '../../ui/state-chip.css';
import './certificate-view.css';

/** The claim on its ground, the reasons, and as visible as those: what it does not say. */
export function CertificateView({ certificate, span }: { certificate: CertificateForm; span: Span }) {
  const { exceptions, key_id: keyId } = certificate;
  const excepted = exceptions.length > 0;
  const shape = excepted ? 'warning' : 'connected';
  const file = `${certificate.sync_id}.c1z`;
  const pem = keyId === undefined ? undefined : `${keyId.slice(0, 8)}.pem`;
  const verify = `npx c1z verify --file ${file}${pem === undefined ? '' : ` --certificate-key ${pem}`}`;
  return (
    <article className={excepted ? 'certificate warn' : 'certificate ok'}>
      <header>
        <div>
          <p className="claim-of">
            Certificate of a sync, {certificate.connector.type}, {dayAndClock(span.to)}
          </p>
          <h1 className="say">{claimOf(span, exceptions.length)}</h1>
        </div>
        <span className="chip">
          <Shape of={shape} />
          {excepted ? 'Complete with exceptions' : 'Complete'}
        </span>
      </header>
      <div className="certificate-body">
        <div>
          {excepted ? (
            <section className="overruled">
              <h2>What was overruled</h2>
              <p className="small soft">
                The connector would not have taken these for granted. Somebody who knows the tenant did, for a reason.
              </p>
              <Exceptions of={exceptions} />
            </section>
          ) : null}
          <h2>Why that can be said</h2>
          <ul className="reasons ok">
            {reasonsOf(certificate, span).map(({ title, text }) => (
              <li key={title}>
                <Shape of="connected" />
                <span>
                  <b>{title}</b> {text}
                </span>
              </li>
            ))}
          </ul>
          <Tally certificate={certificate} />
        </div>
        <div className="certificate-side">
          <h2>What it does not say</h2>
          <ul className="limits">
            <li>
              <Icon name="close" />
              That the instance told the truth. It proves what was answered, and that all of it was read.
            </li>
            <li>
              <Icon name="close" />
              {span.kind === 'moment'
                ? 'Anything about who left and came back between the two readings.'
                : 'How the tenant was at one instant: it changed while it was read.'}
            </li>
            <li>
              <Icon name="close" />
              {keyId === undefined
                ? 'Who issued it: it is not signed. Its hash binds it to its file.'
                : 'Who held the key: it says which key signed, not in whose hands it was.'}
            </li>
          </ul>
          <h2>Check it yourself</h2>
          <p className="small soft">
            On any machine with this project, without this console: keep these in one folder, and run the command there.
          </p>
          <ul className="downloads">
            <Download href={fileAddress('downloadSync', { syncId: certificate.sync_id })} name={file}>
              what was read
            </Download>
            <Download
              href={fileAddress('downloadCertificate', { syncId: certificate.sync_id })}
              name={`${file}.cert.json`}
            >
              this certificate
            </Download>
            {keyId === undefined || pem === undefined ? null : (
              <Download href={fileAddress('downloadCertificateKey', { keyId })} name={pem}>
                the public key
              </Download>
            )}
          </ul>
          <p className="command">
            <Copy text={verify} what="the command">
              {verify}
            </Copy>
          </p>
        </div>
      </div>
      <footer>
        <Facts
          of={{
            Signed:
              keyId === undefined ? (
                'no'
              ) : (
                <Copy text={keyId} what="id of the key">
                  {`by the key ${keyId}`}
                </Copy>
              ),
            Plan: <span className="mono">{shown(certificate.plan)}</span>,
            Origin: <span className="mono">{certificate.origin}</span>,
            File: (
              <Copy text={certificate.sha256} what="SHA-256 of the file">
                {`sha256 ${certificate.sha256}`}
              </Copy>
            ),
            Content: (
              <Copy text={certificate.content_digest} what="digest of the content">
                {`sha256 ${certificate.content_digest}`}
              </Copy>
            ),
            Sync: (
              <Copy text={certificate.sync_id} what="sync ID">
                {certificate.sync_id}
              </Copy>
            ),
          }}
        />
      </footer>
    </article>
  );
}

function Download({ href, name, children }: { href: string; name: string; children: string }) {
  return (
    <li>
      <Icon name="download" />
      <span>
        <a href={href} download={name} className="mono">
          {name}
        </a>
        <span className="sub">{children}</span>
      </span>
    </li>
  );
}

function claimOf(span: Span, exceptions: number): string {
  const but =
    exceptions === 0
      ? ''
      : `, provided that ${exceptions === 1 ? 'the exception below is' : `the ${figure(exceptions)} exceptions below are`} right`;
  if (span.kind === 'moment') {
    return `This is exactly who had what on ${day(span.to)} ${spanText(span)}: nobody missing and nobody invented${but}.`;
  }
  return `This is who had what on ${day(span.to)} ${boundsText(span)}: whoever was there all along is in it, and everybody in it was there at some time${but}.`;
}

function reasonsOf(
  { lists, owner, notes, exceptions }: CertificateForm,
  span: Span,
): { title: string; text: string }[] {
  const twice = lists.every(({ passes }) => passes > 1);
  const noted = Object.entries(notes).filter(([, number]) => number > 0);
  return [
    {
      title: 'Each list was read to its own end.',
      text: lists.map(({ name, distinct }) => `${name}: ${figure(distinct)}`).join(', ') + '.',
    },
    countReason(lists, twice),
    momentReason(twice, span),
    exceptions.some(({ name }) => name === 'owner-not-listed')
      ? {
          title: 'The key’s own user need not be among them.',
          text: `${shown(owner.id)}: that a list without the reader is whole was overruled, as said above.`,
        }
      : {
          title: 'The key’s own user was among them.',
          text: `${shown(owner.id)}${owner.roles.length === 0 ? '' : `, ${count(owner.roles.length, 'role')}`}. A weak key would have seen less.`,
        },
    ...(noted.length === 0
      ? []
      : [
          {
            title: 'Noted on the way:',
            text: `${noted.map(([name, number]) => `${name} ${figure(number)}`).join(', ')}.`,
          },
        ]),
  ];
}

/** What was announced is no reason where it is not what came: a tenant that moves announces what it has by then. */
function countReason(lists: CertificateForm['lists'], twice: boolean): { title: string; text: string } {
  const counted = lists.flatMap((list) => (list.count === null ? [] : [{ ...list, count: list.count }]));
  if (counted.length === 0) {
    return {
      title: 'No list announces how many it holds.',
      text: twice ? 'So both readings had to agree.' : 'So its end alone says that it is whole.',
    };
  }
  if (counted.every((list) => list.count === list.distinct + list.vanished + list.server_scoped)) {
    return {
      title: 'As many as were announced.',
      text: `${listed(counted.map((list) => `${figure(list.count)} ${list.name}`))}, and as many different ids.`,
    };
  }
  const parts = counted.map((list) => `${list.name} ${figure(list.distinct)} of ${figure(list.count)} announced`);
  return { title: 'What was announced changed meanwhile.', text: `${listed(parts)}.` };
}

function momentReason(twice: boolean, span: Span): { title: string; text: string } {
  if (span.kind === 'window') {
    return twice
      ? {
          title: 'Everything was read more than once, until what differed was settled.',
          text: `The few members that had changed were read by themselves. First to last answer: ${seconds(span.from)} to ${seconds(span.to)}.`,
        }
      : {
          title: 'Everything was read once, as it was asked for.',
          text: `Nothing was compared. First to last answer: ${seconds(span.from)} to ${seconds(span.to)}.`,
        };
  }
  return twice
    ? {
        title: 'Everything was read more than once, and the readings agree.',
        text: `So everybody read was there ${spanText(span)}, and the counts say that nobody else was.`,
      }
    : {
        title: 'The users came in one answer.',
        text: `One answer is one moment: ${seconds(span.from)}. The roles were the same before and after it.`,
      };
}

function Tally({ certificate: { lists } }: { certificate: CertificateForm }) {
  // Roles of single servers are counted and not synced; most tenants have none.
  const scoped = lists.some((list) => list.server_scoped > 0);
  return (
    // Wide on purpose; it scrolls by itself on a phone.
    <ScrollRegion className="tally-frame" label="Counts of the lists">
      <table className="tally">
        <thead>
          <tr>
            <th scope="col">List</th>
            <th scope="col">Announced</th>
            <th scope="col">Different</th>
            <th scope="col">Readings</th>
            <th scope="col">Pages</th>
            <th scope="col">Retries</th>
            <th scope="col">Vanished</th>
            {scoped ? <th scope="col">Of a server</th> : null}
          </tr>
        </thead>
        <tbody>
          {lists.map((list) => (
            <tr key={`${list.name} ${list.path}`}>
              <th scope="row">
                {list.name} <code className="quiet fine">{list.path}</code>
              </th>
              <td>{list.count === null ? 'not said' : figure(list.count)}</td>
              <td>
                <b>{figure(list.distinct)}</b>
              </td>
              <td>{list.passes}</td>
              <td>{figure(list.pages)}</td>
              <td>{figure(list.retries)}</td>
              <td>{figure(list.vanished)}</td>
              {scoped ? <td>{figure(list.server_scoped)}</td> : null}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}
