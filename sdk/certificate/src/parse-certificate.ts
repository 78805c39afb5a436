import { isCanonicalJson } from './canonical-json.ts';
import { CERTIFICATE_FORMAT } from './certificate.ts';
import type {
  Certificate,
  CertificateException,
  CertificateList,
  CertificateScope,
  CertificateSpan,
  CertificateVerdict,
} from './certificate.ts';
import { fail } from './errors.ts';

const HASH = /^[0-9a-f]{64}$/;
const KSUID = /^[0-9A-Za-z]{27}$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const ED25519 = /^[\w-]{86}$/;

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
  const signature = body.has('key_id') ? body.text('signature', ED25519) : body.only('signature', 'unsigned');
  const connector = new Members(body.take('connector'), 'connector');
  const owner = new Members(body.take('owner'), 'owner');
  const notes = body.take('notes');
  const certificate: Certificate = {
    format,
    sync_id: body.text('sync_id', KSUID),
    sha256: body.text('sha256', HASH),
    content_digest: body.text('content_digest', HASH),
    origin: body.text('origin'),
    connector: { type: connector.text('type'), version: connector.text('version') },
    config_digest: body.text('config_digest', HASH),
    owner: { id: owner.text('id'), roles: owner.texts('roles') },
    plan: body.text('plan'),
    role_id: body.text('role_id'),
    ...(body.has('window') ? { window: readSpan(body, 'window') } : { moment: readSpan(body, 'moment') }),
    ...(body.has('passes') ? { passes: body.count('passes') } : {}),
    lists: body.list('lists').map(readList),
    scope: readScope(body.take('scope')),
    verdict: readVerdict(body.take('verdict')),
    exceptions: body.list('exceptions').map(readException),
    notes: readNotes(notes),
    ...(body.has('key_id') ? { key_id: body.text('key_id', HASH) } : {}),
    signature,
  };
  for (const members of [body, connector, owner]) members.end();
  if (certificate.lists.length === 0) throw fail('BK-CERT-FORM', { what: 'it names no list' });
  checkVerdict(certificate);
  return certificate;
}

/** A verdict that says more than the rest of the document would be believed. */
function checkVerdict({ verdict, scope, exceptions }: Certificate): void {
  const what =
    verdict === 'complete' && exceptions.length > 0
      ? 'it is called complete and has exceptions'
      : verdict === 'complete with exceptions' && exceptions.length === 0
        ? 'it names no exception'
        : (verdict === 'narrowed') !== (scope !== 'full')
          ? 'verdict and scope do not fit'
          : undefined;
  if (what !== undefined) throw fail('BK-CERT-FORM', { what });
}

function readVerdict(value: unknown): CertificateVerdict {
  if (value === 'complete' || value === 'complete with exceptions' || value === 'narrowed') return value;
  return wrong('verdict');
}

function readScope(value: unknown): CertificateScope {
  if (value === 'full') return value;
  const scope = new Members(value, 'scope');
  const types = scope.texts('types');
  const skip = scope
    .texts('skip')
    .map((kind) => (kind === 'entitlements' || kind === 'grants' ? kind : wrong('scope')));
  const resources = scope.has('resources') ? scope.texts('resources') : undefined;
  scope.end();
  return { types, skip, ...(resources === undefined ? {} : { resources }) };
}

function readSpan(body: Members, name: 'moment' | 'window'): CertificateSpan {
  const span = new Members(body.take(name), name);
  const read = { from: span.text('from', INSTANT), to: span.text('to', INSTANT) };
  span.end();
  if (read.from > read.to) throw fail('BK-CERT-FORM', { what: `its ${name} ends before it begins` });
  return read;
}

function readException(value: unknown): CertificateException {
  const exception = new Members(value, 'exceptions');
  const read = {
    name: exception.text('name'),
    reason: exception.text('reason'),
    by: exception.text('by'),
    at: exception.text('at', INSTANT),
  };
  exception.end();
  return read;
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

  has(name: string): boolean {
    return this.left.has(name);
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

  texts(name: string): string[] {
    return this.list(name).map((value) => (typeof value === 'string' ? value : this.wrong(name)));
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
