import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom, VirtualClock } from '@batonkit/kernel';
import {
  applySync,
  claimRun,
  compareSync,
  createConnector,
  createUser,
  finishSync,
  getConnector,
  openStore,
  requestRun,
  stageSync,
} from '../src/index.ts';
import { copyFreshDatabase } from './fresh-database.ts';
import type { Tier } from '@batonkit/console-domain';
import type { AccountStatus, CertificateFacts, Comparison, Db, Lease, StagedBatch, Store } from '../src/index.ts';

export interface Person {
  name: string;
  email?: string | null;
  status?: AccountStatus['name'];
  byFlag?: boolean;
  lastLoginAt?: string;
  profile?: { key: string; value: string }[];
}

/** A small tenant: what a file would hold. Grants are [role, user]. */
export interface Tenant {
  users: Record<string, Person>;
  roles: Record<string, { name: string; tier: Tier }>;
  grants: [role: string, user: string][];
}

export const MINUTE = 60_000;
const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** A store in a folder of its own, and syncs without a connector's program. */
export class TestConsole implements AsyncDisposable {
  readonly clock = new VirtualClock(Date.UTC(2026, 5, 1));
  readonly dataDir = mkdtempSync(join(tmpdir(), 'batonkit-store-'));
  private readonly random = seededRandom(7);
  private opened: Store | undefined;

  readonly newId = (): string => Array.from(this.random.bytes(27), (byte) => LETTERS[byte % LETTERS.length]).join('');

  async open(): Promise<this> {
    if (!existsSync(join(this.dataDir, 'db'))) await copyFreshDatabase(this.dataDir);
    return this.openEmpty();
  }

  /** Of a directory that holds nothing yet, the whole way. */
  async openEmpty(): Promise<this> {
    this.opened = await openStore({ dataDir: this.dataDir, clock: this.clock, newId: this.newId });
    return this;
  }

  async close(): Promise<void> {
    await this.opened?.close();
    this.opened = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
    rmSync(this.dataDir, { recursive: true });
  }

  get db(): Db {
    if (this.opened === undefined) throw new Error('open first');
    return this.opened.db;
  }

  async connector(): Promise<{ id: string; appId: string }> {
    const id = await this.db.transaction(async (tx) => {
      const owner = await createUser(tx, 'Ana');
      return createConnector(tx, {
        catalogId: 'runlayer',
        name: 'Runlayer',
        app: { kind: 'new', name: 'Runlayer' },
        ownerIds: [owner.id],
      });
    });
    return { id, appId: (await getConnector(this.db, id)).app.id };
  }

  async claim(worker = 'worker'): Promise<Lease> {
    const lease = await claimRun(this.db, worker, MINUTE);
    if (lease === undefined) throw new Error('no run to claim');
    return lease;
  }

  /** Requests and fetches; the run waits for ingest. One minute passes. */
  async fetch(
    connectorId: string,
    options: { origin?: string; syncId?: string; owner?: string } = {},
  ): Promise<string> {
    await this.db.transaction((tx) => requestRun(tx, { connectorId, trigger: 'manual', requestedBy: 'Ana' }));
    const lease = await this.claim();
    this.clock.advance(MINUTE);
    const syncId = options.syncId ?? this.newId();
    await this.finish(lease, syncId, options);
    return syncId;
  }

  finish(
    lease: Lease,
    syncId: string,
    options: { origin?: string; sha256?: string; owner?: string; certificate?: Partial<CertificateFacts> } = {},
  ): Promise<'received' | 'known'> {
    const now = this.clock.now();
    return this.db.transaction((tx) =>
      finishSync(
        tx,
        lease,
        { syncId, path: `${syncId}.c1z`, sha256: options.sha256 ?? 'a1', contentDigest: 'b2', bytes: 1000 },
        {
          text: JSON.stringify({ sync_id: syncId }),
          verdict: 'complete',
          exceptions: [],
          span: {
            kind: 'moment',
            from: new Date(now - 2000).toISOString(),
            to: new Date(now - 1000).toISOString(),
          },
          readOnce: false,
          plan: 'embedded',
          connectorType: 'runlayer',
          origin: options.origin ?? 'https://acme.example',
          owner: { id: options.owner ?? 'owner', roles: [] },
          key: null,
          ...options.certificate,
        },
      ),
    );
  }

  /** Fetches, stages and compares; who decides is the test. */
  async compare(
    connectorId: string,
    tenant: Tenant,
    options: { owner?: string } = {},
  ): Promise<{ lease: Lease; comparison: Comparison }> {
    await this.fetch(connectorId, options);
    const lease = await this.claim();
    await stageSync(this.db, lease, batchesOf(tenant));
    return { lease, comparison: await compareSync(this.db, lease) };
  }

  /** A whole sync, applied without asking the guard. */
  async sync(connectorId: string, tenant: Tenant): Promise<Comparison & { windowStart: string; windowEnd: string }> {
    const windowStart = this.db.now();
    const { lease, comparison } = await this.compare(connectorId, tenant);
    const windowEnd = this.db.now();
    this.clock.advance(MINUTE);
    await applySync(this.db, lease, comparison, []);
    return { ...comparison, windowStart, windowEnd };
  }

  /** Rows of every table of the ledger, as a digest each: none was added, removed or touched when they are equal. */
  async ledgerDigest(): Promise<Record<string, string>> {
    const digests: Record<string, string> = {};
    for (const table of ['source', 'resource', 'resource_interval', 'entitlement_interval', 'grant_interval']) {
      const [row] = await this.db.query<{ digest: string }>(
        `select count(*) || ' ' || md5(string_agg(t::text || t.xmin::text, ' ' order by t::text)) as digest from ${table} t`,
      );
      digests[table] = row?.digest ?? '';
    }
    return digests;
  }
}

/** The rows of a tenant, grants before the accounts that they name: the order must not matter. */
export function* batchesOf(tenant: Tenant): Generator<StagedBatch> {
  const roles = Object.entries(tenant.roles);
  yield {
    grants: tenant.grants.map(([role, user]) => ({
      resourceType: 'role',
      resourceId: role,
      slug: 'assigned',
      principalType: 'user',
      principalId: user,
      externalId: `role:${role}:assigned:user:${user}`,
    })),
  };
  yield {
    resources: roles.map(([id, role]) => ({
      type: 'role',
      externalId: id,
      trait: 'role',
      name: role.name,
      role: { tier: role.tier, description: '', capabilities: [] },
    })),
    entitlements: roles.map(([id, role]) => ({
      resourceType: 'role',
      resourceId: id,
      slug: 'assigned',
      externalId: `role:${id}:assigned`,
      name: `${role.name} assigned`,
    })),
  };
  yield {
    resources: Object.entries(tenant.users).map(([id, person]) => ({
      type: 'user',
      externalId: id,
      trait: 'user',
      name: person.name,
      account: {
        email: person.email ?? null,
        login: null,
        status: { name: person.status ?? 'enabled', source: 'active' },
        type: 'human',
        createdAt: null,
        lastLoginAt: person.lastLoginAt ?? null,
        byFlag: person.byFlag ?? false,
        profile: person.profile ?? [],
      },
    })),
  };
}
