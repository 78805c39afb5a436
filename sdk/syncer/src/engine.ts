import type { Entitlement, Resource } from '@batonkit/protocol';
import { ResourcesServiceListResourcesRequestSchema } from '@batonkit/protocol';
import { linkAbort } from '@batonkit/kernel';
import { create } from '@bufbuild/protobuf';
import { checkResource, checkTarget, checkSubject, checkTemplate, siblingTokens } from './check-rows.ts';
import type { Action, Operation } from './checkpoint.ts';
import { describeFailure } from './describe-failure.ts';
import type { Batch, EngineOptions, Page } from './engine-options.ts';
import { fail } from './errors.ts';
import { ListGuard } from './list-guard.ts';
import { ListQueue } from './list-queue.ts';
import { getTarget } from './get-target.ts';
import { isVisited } from './plan-lists.ts';
import { planSync } from './plan-sync.ts';
import { has, refuseAnnotations } from './refused-annotations.ts';
import { childLists, entitlementOf, resourceRequest, resourcesRequest, subjectRequest } from './requests.ts';
import { runPool } from './run-pool.ts';
import { keyOf, wantsType } from './sync-scope.ts';
import type { SyncState } from './sync-state.ts';
import { takesSyncId } from './takes-sync-id.ts';

/** Entitlements made of one template before the next commit. */
const TEMPLATE_ROWS = 500;

/**
 * Asks a connector for everything it has, in the genuine order. The rows of an answer and the place to go on from are
 * committed together, so that the file never holds one without the other. Any failed call fails the sync.
 */
export class Engine {
  private readonly options: EngineOptions;
  private readonly state: SyncState;
  private readonly guards = new Map<string, ListGuard>();
  private readonly lists: ListQueue;
  private readonly targets: ReadonlySet<string>;
  /** Commits come one after the other, whoever makes them. */
  private queue: Promise<unknown> = Promise.resolve();
  private signal: AbortSignal;
  private activeSyncId = '';
  private storing = false;

  constructor(options: EngineOptions) {
    this.options = options;
    this.state = options.state;
    this.lists = new ListQueue(options.state, options.targets);
    this.targets = new Set(options.targets.map(keyOf));
    this.signal = options.signal;
  }

  async run(): Promise<void> {
    const { client, syncId, observe } = this.options;
    observe({ type: 'phase', phase: 'validate' });
    const { sdkVersion } = await this.call('Validate', (options) => client.connector.validate({}, options));
    if (takesSyncId(sdkVersion)) this.activeSyncId = syncId;
    observe({ type: 'phase', phase: 'read' });
    for (let top = this.state.checkpoint.top(); top !== undefined; top = this.state.checkpoint.top()) {
      if (top.operation === 'init') await this.init(top);
      else if (top.operation === 'grant-expansion') await this.expandGrants(top);
      else if (top.operation === 'list-resource-types') await this.readList(top);
      else await this.readLists(top.operation);
    }
    await this.call('Cleanup', (options) => client.connector.cleanup({ activeSyncId: this.activeSyncId }, options));
  }

  private init(root: Action): Promise<void> {
    const { scope, targets, expandGrants } = this.options;
    return this.commit({}, () => {
      this.state.checkpoint.finish(root);
      this.state.checkpoint.push(...planSync(scope, targets.length > 0, expandGrants));
    });
  }

  /** All lists of one operation, several at the same time. */
  private async readLists(operation: Operation): Promise<void> {
    const { signal, workers } = this.options;
    const root = this.state.checkpoint.root(operation);
    const stopped = new AbortController();
    using linked = linkAbort(signal, stopped.signal);
    this.signal = linked.signal;
    try {
      await runPool(
        workers,
        () => this.lists.next(operation, root),
        (action) => this.readList(action),
        (reason) => stopped.abort(reason),
      );
    } finally {
      this.signal = signal;
      await this.lists.close(operation);
    }
    if (root !== undefined) await this.commit({}, () => this.state.checkpoint.finish(root));
  }

  private async readList(action: Action): Promise<void> {
    const pages = {
      init: undefined,
      'list-resource-types': () => this.resourceTypes(action),
      'list-resources': () => this.resources(action),
      'targeted-resource-sync': () => this.target(action),
      'list-static-entitlements': () => this.staticEntitlements(action),
      'list-entitlements': () => this.entitlements(action),
      'list-grants': () => this.grants(action),
      'grant-expansion': undefined,
    };
    while (this.state.checkpoint.has(action)) await pages[action.operation]?.();
    this.lists.release(action);
    this.guards.delete(action.id);
  }

  private async resourceTypes(action: Action): Promise<void> {
    const call = 'ListResourceTypes';
    const { client } = this.options;
    const page = await this.call(call, (options) =>
      client.resourceTypes.listResourceTypes({ pageToken: action.pageToken, activeSyncId: this.activeSyncId }, options),
    );
    for (const type of page.list) refuseAnnotations(call, type.annotations);
    const { scope } = this.options;
    const list = page.list.filter(({ id }) => wantsType(scope, id));
    await this.commitPage(call, action, page, { resourceTypes: list }, page.list[0]?.id, () => {
      this.state.addTypes(list);
      if (page.nextPageToken !== '') return;
      if (this.state.types.length === 0) throw fail('BK-SYNC-NO-TYPES', {});
      const unknown = scope === 'full' ? undefined : scope.types.find((type) => this.state.type(type) === undefined);
      if (unknown !== undefined) throw fail('BK-SYNC-SCOPE', { type: unknown });
      const target = this.options.targets.find(({ id }) => this.state.type(id?.resourceType ?? '') === undefined);
      const type = target?.id?.resourceType;
      if (type !== undefined) throw fail('BK-SYNC-SCOPE', { type }, { field: 'sync-resources' });
    });
  }

  private async resources(action: Action): Promise<void> {
    const call = 'ListResources';
    const { resourceTypeId = '', parentResourceId: resource } = action;
    const page = await this.call(call, (options) =>
      this.options.client.resources.listResources(resourcesRequest(action, this.activeSyncId), options),
    );
    const type = this.state.type(resourceTypeId);
    for (const row of page.list) checkResource(call, type, resourceTypeId, row);
    const below = page.list.flatMap((parent) => childLists(call, parent, this.state, this.options.scope));
    const isLast = page.nextPageToken === '' && action.spawned === undefined;
    if (isLast) this.options.onProof?.(resourceTypeId, page.annotations);
    await this.commitPage(call, action, page, { resources: page.list }, page.list[0]?.id?.resource, () => {
      // Below a target: the genuine syncer lists those and asks them nothing.
      if (this.targets.size === 0 && isVisited(type?.annotations ?? [])) this.state.visits.append(page.list);
      this.state.children.append(below);
      if (!isLast || resource !== undefined || this.options.onProof === undefined) return;
      const { annotations } = page;
      this.state.proofs.append([create(ResourcesServiceListResourcesRequestSchema, { resourceTypeId, annotations })]);
    });
  }

  /** A resource that is synced by itself. One that is not there is left out. */
  private async target(action: Action): Promise<void> {
    const call = 'GetResource';
    const { resourceTypeId: resourceType = '' } = action;
    const { resource, annotations, isUnimplemented } = await getTarget(() =>
      this.call(call, (options) =>
        this.options.client.resourceGetter.getResource(resourceRequest(action, this.activeSyncId), options),
      ),
    );
    if (!isUnimplemented) this.options.onProof?.(resourceType, annotations);
    const type = this.state.type(resourceType);
    if (resource === undefined) this.options.observe({ type: 'skipped', resourceType, isUnimplemented });
    else checkTarget(call, type, action, resource);
    const found = resource === undefined ? [] : [resource];
    const below = found.flatMap((parent) => childLists(call, parent, this.state, this.options.scope));
    const page = { nextPageToken: '', annotations };
    await this.commitPage(call, action, page, { resources: found }, undefined, () => {
      if (isVisited(type?.annotations ?? [])) this.state.visits.append(found);
      this.state.children.append(below);
      if (isUnimplemented || this.options.onProof === undefined) return;
      this.state.proofs.append([
        create(ResourcesServiceListResourcesRequestSchema, { resourceTypeId: resourceType, annotations }),
      ]);
    });
  }

  /** Each template becomes one entitlement of every resource of the type (protocol: runtime.md 2.3). */
  private async staticEntitlements(action: Action): Promise<void> {
    const call = 'ListStaticEntitlements';
    const { resourceTypeId = '' } = action;
    const page = await this.call(call, (options) =>
      this.options.client.entitlements.listStaticEntitlements(
        { resourceTypeId, pageToken: action.pageToken, activeSyncId: this.activeSyncId },
        options,
      ),
    );
    for (const template of page.list) checkTemplate(call, this.state.type(resourceTypeId), template);
    if (page.list.length > 0) await this.applyTemplates(action, page.list);
    await this.commitPage(call, action, page, {}, page.list[0]?.slug, () => delete action.position);
  }

  private async applyTemplates(action: Action, templates: readonly Entitlement[]): Promise<void> {
    const done = action.position ?? 0;
    let index = 0;
    let entitlements: Entitlement[] = [];
    const store = async (): Promise<void> => {
      const batch = entitlements;
      const position = index;
      entitlements = [];
      await this.commit({ entitlements: batch }, () => (action.position = position));
    };
    for await (const resource of this.state.visits.read()) {
      index += 1;
      if (index <= done || resource.id?.resourceType !== action.resourceTypeId) continue;
      for (const template of templates) entitlements.push(entitlementOf(template, resource));
      if (entitlements.length >= TEMPLATE_ROWS) await store();
    }
    if (entitlements.length > 0) await store();
  }

  private async entitlements(action: Action): Promise<void> {
    const call = 'ListEntitlements';
    const page = await this.call(call, async (options) =>
      this.options.client.entitlements.listEntitlements(
        subjectRequest(action, await this.lists.subject(action), this.activeSyncId),
        options,
      ),
    );
    for (const row of page.list) checkSubject(call, action, row, this.options.onProof === undefined);
    const entitlements = page.list.filter(({ resource }) => this.isWanted(action, resource));
    await this.commitPage(call, action, page, { entitlements }, page.list[0]?.id);
  }

  private async grants(action: Action): Promise<void> {
    const call = 'ListGrants';
    const page = await this.call(call, async (options) =>
      this.options.client.grants.listGrants(
        subjectRequest(action, await this.lists.subject(action), this.activeSyncId),
        options,
      ),
    );
    for (const row of page.list) checkSubject(call, action, row, this.options.onProof === undefined);
    // Grants to principals whose type was not asked for are out of scope, too.
    const grants = page.list.filter(
      ({ entitlement, principal }) =>
        wantsType(this.options.scope, principal?.id?.resourceType ?? '') &&
        this.isWanted(action, entitlement?.resource),
    );
    await this.commitPage(call, action, page, { grants }, page.list[0]?.id, () => {
      this.state.checkpoint.needsExpansion ||= grants.some(({ annotations }) => has(annotations, 'GrantExpandable'));
    });
  }

  private async expandGrants(action: Action): Promise<void> {
    const { signal, progress, writer, observe } = this.options;
    for (let isDone = !this.state.checkpoint.needsExpansion; !isDone;) {
      if (signal.aborted) throw describeFailure('', signal.reason, signal);
      const { made, merged, ...step } = await writer.expand();
      this.state.expanded = { made, merged };
      isDone = step.isDone;
      progress.touch();
      observe({ type: 'expanded', made, merged });
    }
    await this.commit({}, () => this.state.checkpoint.finish(action));
  }

  /** Of a whole type that is asked for the sake of a few resources, only their rows. */
  private isWanted({ typeScoped }: Action, resource: Resource | undefined): boolean {
    return !typeScoped || this.targets.size === 0 || (resource !== undefined && this.targets.has(keyOf(resource)));
  }

  /** Stores a page with the place of the next one, or with the end of its list. */
  private async commitPage(
    call: string,
    action: Action,
    page: Page,
    batch: Batch,
    first: string | undefined,
    change: () => void = () => {},
  ): Promise<void> {
    refuseAnnotations(call, page.annotations);
    let guard = this.guards.get(action.id);
    if (guard === undefined) this.guards.set(action.id, (guard = new ListGuard(call)));
    guard.page(first);
    const siblings = siblingTokens(call, page.annotations);
    for (const token of siblings) guard.token(token);
    if (page.nextPageToken !== '') guard.token(page.nextPageToken);
    await this.commit(batch, () => {
      change();
      const { checkpoint } = this.state;
      const { id: _, position, ...same } = action;
      for (const pageToken of siblings) {
        const [sibling] = checkpoint.push({
          ...same,
          ...(action.resourceId === undefined || position === undefined ? {} : { position }),
          pageToken,
          spawned: true,
        });
        if (sibling !== undefined) this.guards.set(sibling.id, guard.sibling());
      }
      if (page.nextPageToken === '') checkpoint.finish(action);
      else action.pageToken = page.nextPageToken;
    });
  }

  private commit(batch: Batch, change: () => unknown): Promise<void> {
    const turn = this.queue.then(async () => {
      change();
      if (batch.entitlements !== undefined) this.state.addEntitlements('ListEntitlements', batch.entitlements);
      const { stored } = this.state;
      let rows = 0;
      for (const kind of ['resourceTypes', 'resources', 'entitlements', 'grants'] as const) {
        const count = batch[kind]?.length ?? 0;
        stored[kind] += count;
        rows += count;
      }
      const { checkpoint } = this.state;
      const marks = this.state.marks(this.options.clock.now());
      await this.options.writer.commit({ ...batch, checkpoint: checkpoint.toToken(marks) });
      if (rows > 0) this.tell();
    });
    this.queue = turn.catch(() => {});
    return turn;
  }

  private tell(): void {
    const { progress, observe } = this.options;
    progress.touch();
    if (!this.storing && this.state.stored.resources > 0) {
      this.storing = true;
      observe({ type: 'phase', phase: 'store' });
    }
    observe({ type: 'stored', ...this.state.stored });
  }

  private async call<T>(
    name: string,
    send: (options: { signal: AbortSignal; timeoutMs: number }) => Promise<T>,
  ): Promise<T> {
    const { signal } = this;
    const { progress } = this.options;
    try {
      signal.throwIfAborted();
      progress.check();
      return await send({ signal, timeoutMs: progress.limitMs });
    } catch (error) {
      throw describeFailure(name, error, signal);
    }
  }
}
