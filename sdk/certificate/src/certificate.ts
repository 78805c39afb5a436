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
  /** Members that were gone when they were read by themselves. */
  vanished: number;
  /** Roles of, or assignments to, a server and not the platform: counted, not synced. */
  server_scoped: number;
  /** Largest page that was asked for. */
  page_size: number;
  /** Hex SHA-256 over the sorted members. */
  digest: string;
}

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
  /** The tenant held exactly this at one instant in it. */
  moment: CertificateSpan;
  lists: CertificateList[];
  scope: 'full';
  verdict: 'complete';
  /** Judgements that were overruled; this release overrules none. */
  exceptions: never[];
  /** Counted remarks, such as texts that were cut; all of them harmless. */
  notes: Record<string, number>;
  /** This release signs nothing. */
  signature: 'unsigned';
}

/** What a certificate is made of: facts of the file, of the reading, of the program. */
export interface CertificateInput {
  summary: { syncId: string; sha256: string; contentDigest: string };
  evidence: {
    moment: CertificateSpan;
    verdict: 'complete';
    scope: 'full';
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

export function buildCertificate({ summary, evidence, connector, configDigest }: CertificateInput): Certificate {
  const { moment, verdict, scope, origin, plan, owner } = evidence;
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
    moment: { from: moment.from, to: moment.to },
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
    scope,
    verdict,
    exceptions: [],
    notes: { ...evidence.notes },
    signature: 'unsigned',
  };
}

/** Where the certificate of a `.c1z` lies. */
export function certificatePath(c1zPath: string): string {
  return `${c1zPath}.cert.json`;
}
