import { isCanonicalJson } from './canonical-json.ts';
import { CERTIFICATE_FORMAT } from './certificate.ts';
import type { Certificate, CertificateList } from './certificate.ts';
import { fail } from './errors.ts';

const HASH = /^[0-9a-f]{64}$/;
const KSUID = /^[0-9A-Za-z]{27}$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/**
 * Reads a certificate. Only what this release writes is accepted: an unknown key or value may change what the
 * document means.
 *
 * @throws BatonError `BK-CERT-FORM`, `BK-CERT-CANONICAL`
 */
export function parseCertificate(text: string): Certificate {
  const value = parseJson(text);
  const certificate = readCertificate(value);
  if (!isCanonicalJson(text)) throw fail('BK-CERT-CANONICAL', {});
  return certificate;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw fail('BK-CERT-FORM', { what: 'it is not JSON' }, { cause: error });
  }
}

function readCertificate(value: unknown): Certificate {
  const body = new Members(value, 'the document');
  // Looked at first: of another format nothing else is known.
  const format = body.only('format', CERTIFICATE_FORMAT);
  const signature = body.only('signature', 'unsigned');
  const connector = new Members(body.take('connector'), 'connector');
  const owner = new Members(body.take('owner'), 'owner');
  const moment = new Members(body.take('moment'), 'moment');
  const notes = body.take('notes');
  const certificate: Certificate = {
    format,
    sync_id: body.text('sync_id', KSUID),
    sha256: body.text('sha256', HASH),
    content_digest: body.text('content_digest', HASH),
    origin: body.text('origin'),
    connector: { type: connector.text('type'), version: connector.text('version') },
    config_digest: body.text('config_digest', HASH),
    owner: {
      id: owner.text('id'),
      roles: owner.list('roles').map((role) => (typeof role === 'string' ? role : wrong('owner.roles'))),
    },
    plan: body.text('plan'),
    role_id: body.text('role_id'),
    moment: { from: moment.text('from', INSTANT), to: moment.text('to', INSTANT) },
    lists: body.list('lists').map(readList),
    scope: body.only('scope', 'full'),
    verdict: body.only('verdict', 'complete'),
    exceptions: body.list('exceptions').map(() => wrong('exceptions')),
    notes: readNotes(notes),
    signature,
  };
  for (const members of [body, connector, owner, moment]) members.end();
  if (certificate.lists.length === 0) throw fail('BK-CERT-FORM', { what: 'it names no list' });
  if (certificate.moment.from > certificate.moment.to)
    throw fail('BK-CERT-FORM', { what: 'its moment ends before it begins' });
  return certificate;
}

function readList(value: unknown): CertificateList {
  const list = new Members(value, 'lists');
  const read: CertificateList = {
    name: list.text('name'),
    path: list.text('path'),
    count: list.countOrNull('count'),
    distinct: list.count('distinct'),
    pages: list.count('pages'),
    passes: list.count('passes'),
    retries: list.count('retries'),
    vanished: list.count('vanished'),
    server_scoped: list.count('server_scoped'),
    page_size: list.count('page_size'),
    digest: list.text('digest'),
  };
  list.end();
  return read;
}

function readNotes(value: unknown): Record<string, number> {
  const notes = new Members(value, 'notes');
  return Object.fromEntries(notes.names().map((name) => [name, notes.count(name)]));
}

/** The members of one object, taken out one by one; what is left at the end is unknown. */
class Members {
  private readonly where: string;
  private readonly left: Map<string, unknown>;

  constructor(value: unknown, where: string) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) wrong(where);
    this.where = where;
    this.left = new Map(Object.entries(value as object));
  }

  names(): string[] {
    return [...this.left.keys()];
  }

  take(name: string): unknown {
    const value = this.left.get(name);
    this.left.delete(name);
    return value;
  }

  text(name: string, form = /./su): string {
    const value = this.take(name);
    return typeof value === 'string' && form.test(value) ? value : this.wrong(name);
  }

  only<T extends string>(name: string, value: T): T {
    return this.take(name) === value ? value : this.wrong(name);
  }

  count(name: string): number {
    const value = this.take(name);
    return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : this.wrong(name);
  }

  countOrNull(name: string): number | null {
    if (this.left.get(name) !== null) return this.count(name);
    this.left.delete(name);
    return null;
  }

  list(name: string): unknown[] {
    const value = this.take(name);
    return Array.isArray(value) ? value : this.wrong(name);
  }

  end(): void {
    if (this.left.size > 0) throw fail('BK-CERT-FORM', { what: `${this.where} has a member that is not known` });
  }

  private wrong(name: string): never {
    return wrong(this.where === 'the document' ? name : `${this.where}.${name}`);
  }
}

function wrong(name: string): never {
  throw fail('BK-CERT-FORM', { what: `${name} is missing or of a form that is not known` });
}
