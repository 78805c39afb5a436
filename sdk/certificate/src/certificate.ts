/** What stands in `format`; another one is another document. */
export const CERTIFICATE_FORMAT = 'batonkit certificate v1';

/** A span between two instants, RFC 3339 in UTC with milliseconds. */
export interface CertificateSpan {
  from: string;
  to: string;
}

/** How one list was read. */
export interface CertificateList {
  name: string;
  /** A template without values of the tenant, `/users/{id}/roles`. */
  path: string;
  /** The total that the server said; null when it says none. */
  count: number | null;
  /** Different members received, those that are server-scoped or vanished not among them. */
  distinct: number;
  /** Pages of all passes. */
  pages: number;
  passes: number;
  retries: number;
  /** Members that were gone when they, or what they refer to, were read by themselves. */
  vanished: number;
  /** Roles of, or assignments to, a server and not the platform: counted, not synced. */
  server_scoped: number;
  /** Largest page that was asked for. */
  page_size: number;
  /** Hex SHA-256 over the sorted members. */
  digest: string;
}

/** A judgement about the form of the tenant that a named person overruled. */
export interface CertificateException {
  name: string;
  reason: string;
  by: string;
  /** RFC 3339 in UTC with milliseconds. */
  at: string;
}

/**
 * `complete`: what the tenant held, whole. `complete with exceptions`: the same, but a judgement about its form was
 * overruled. `narrowed`: complete within a smaller scope that was asked for; it may have exceptions, too.
 */
export type CertificateVerdict = 'complete' | 'complete with exceptions' | 'narrowed';

/**
 * Everything; or only some resource types, or without some kinds of rows: the rest says nothing. With `resources`, by
 * their Baton ids, it is of those and what lies below them alone, and no type is whole.
 */
export type CertificateScope = 'full' | { types: string[]; skip: ('entitlements' | 'grants')[]; resources?: string[] };

/**
 * The document beside a `.c1z`: what the connector did to be sure that the file is complete. The type has the names
 * of the document. It proves consistency and origin; not that the tenant's server told the truth.
 */
export interface Certificate {
  format: typeof CERTIFICATE_FORMAT;
  sync_id: string;
  /** Hex SHA-256 of the `.c1z` as it lies on the disk. */
  sha256: string;
  /** Hex SHA-256 of what the file says, whatever its bytes; defined in the documentation of `@batonkit/c1z`. */
  content_digest: string;
  /** Origin of the instance that was read, without path. */
  origin: string;
  connector: { type: string; version: string };
  /** Hex SHA-256 over the configuration without its secrets. */
  config_digest: string;
  /** Whose key read the tenant, and the roles that this account held. */
  owner: { id: string; roles: string[] };
  /** How the assignments were found. */
  plan: string;
  /** Which key of a role is its id. */
  role_id: string;
  /** The tenant held exactly this at one instant in it. Either this or `window` is there. */
  moment?: CertificateSpan;
  /** First to last answer: everything was there at some time in it, and nobody who was there all along is missing. */
  window?: CertificateSpan;
  /** How often everything was read: with 1 and a window nothing was compared. Absent in the oldest certificates. */
  passes?: number;
  lists: CertificateList[];
  scope: CertificateScope;
  verdict: CertificateVerdict;
  exceptions: CertificateException[];
  /** Counted remarks, such as texts that were cut; all of them harmless. */
  notes: Record<string, number>;
  /** Hex SHA-256 of the 32 bytes of the public key that signed; absent when unsigned. */
  key_id?: string;
  /** Ed25519 in base64url, or `unsigned`. */
  signature: string;
}

/** What a certificate is made of: facts of the file, of the reading, of the program. */
export interface CertificateInput {
  summary: { syncId: string; sha256: string; contentDigest: string };
  evidence: {
    moment?: CertificateSpan;
    window?: CertificateSpan;
    verdict: CertificateVerdict;
    scope: CertificateScope;
    passes?: number;
    exceptions?: readonly CertificateException[];
    origin: string;
    plan: string;
    roleId: string;
    owner: { id: string; roles: string[] };
    lists: (Omit<CertificateList, 'server_scoped' | 'page_size'> & { serverScoped: number; pageSize: number })[];
    notes: Record<string, number>;
  };
  connector: { type: string; version: string };
  configDigest: string;
}

/**
 * The unsigned certificate; `signCertificate` signs it.
 *
 * @throws RangeError when the evidence has no time, or two
 */
export function buildCertificate({ summary, evidence, connector, configDigest }: CertificateInput): Certificate {
  const { verdict, scope, origin, plan, owner, passes } = evidence;
  return {
    format: CERTIFICATE_FORMAT,
    sync_id: summary.syncId,
    sha256: summary.sha256,
    content_digest: summary.contentDigest,
    origin,
    connector: { type: connector.type, version: connector.version },
    config_digest: configDigest,
    owner: { id: owner.id, roles: [...owner.roles] },
    plan,
    role_id: evidence.roleId,
    ...timeOf(evidence),
    ...(passes === undefined ? {} : { passes }),
    lists: evidence.lists.map(({ serverScoped, pageSize, ...list }) => ({
      name: list.name,
      path: list.path,
      count: list.count,
      distinct: list.distinct,
      pages: list.pages,
      passes: list.passes,
      retries: list.retries,
      vanished: list.vanished,
      server_scoped: serverScoped,
      page_size: pageSize,
      digest: list.digest,
    })),
    scope:
      scope === 'full'
        ? scope
        : {
            types: [...scope.types],
            skip: [...scope.skip],
            ...(scope.resources === undefined ? {} : { resources: [...scope.resources] }),
          },
    verdict,
    exceptions: (evidence.exceptions ?? []).map(({ name, reason, by, at }) => ({ name, reason, by, at })),
    notes: { ...evidence.notes },
    signature: 'unsigned',
  };
}

/** When the certificate's content is true: its moment or, where there is none, its window. */
export function spanOfCertificate({ moment, window }: Pick<Certificate, 'moment' | 'window'>): CertificateSpan {
  const span = moment ?? window;
  if (span === undefined) throw new RangeError('a certificate of no time');
  return span;
}

/** Where the certificate of a `.c1z` lies. */
export function certificatePath(c1zPath: string): string {
  return `${c1zPath}.cert.json`;
}

function timeOf({ moment, window }: CertificateInput['evidence']): Pick<Certificate, 'moment' | 'window'> {
  if ((moment === undefined) === (window === undefined)) throw new RangeError('either a moment or a window');
  if (moment !== undefined) return { moment: { from: moment.from, to: moment.to } };
  return window === undefined ? {} : { window: { from: window.from, to: window.to } };
}
