import type { C1zWriter } from '@batonkit/c1z';
import type { Entitlement, Grant, Resource, ResourceType } from '@batonkit/protocol';
import type { Any } from '@bufbuild/protobuf/wkt';
import { anyPack } from '@bufbuild/protobuf/wkt';
import { create } from '@bufbuild/protobuf';
import { TypeScopedEntitlementsSchema, TypeScopedGrantsSchema } from '@batonkit/protocol';
import type { Action } from './checkpoint.ts';
import { Checkpoint } from './checkpoint.ts';
import type { ConnectorClient } from './connector-client.ts';
import { describeFailure } from './describe-failure.ts';
import { fail } from './errors.ts';
import { EvidenceCollector } from './evidence-check.ts';
import type { ProgressClock } from './progress-clock.ts';
import { missingTrait } from './missing-trait.ts';
import { has, refuseAnnotations } from './refused-annotations.ts';
import { SeenTokens } from './seen-tokens.ts';
import type { SyncEvent } from './sync-event.ts';
import type { VisitFile } from './visit-file.ts';

interface Batch {
  resourceTypes?: ResourceType[];
  resources?: Resource[];
  entitlements?: Entitlement[];
  grants?: Grant[];
}

interface Page {
  nextPageToken: string;
  annotations: Any[];
}

export interface EngineOptions {
  client: ConnectorClient;
  writer: Pick<C1zWriter, 'commit'>;
  visits: VisitFile;
  syncId: string;
  progress: ProgressClock;
  signal: AbortSignal;
  observe: (event: SyncEvent) => void;
}

/** Per phase: the resources to ask, read one by one from the visit file. */
type Visits = AsyncIterator<Resource>;

/**
 * Asks a connector for everything it has, in the genuine order, one call at a time. The rows of an
 * answer and the place to go on from are committed together, so that the file never holds one without
 * the other. Any failed call fails the sync.
 */
export class Engine {
  readonly evidence = new EvidenceCollector();
  private readonly options: EngineOptions;
  private readonly checkpoint = new Checkpoint();
  private readonly types = new Map<string, ResourceType>();
  private readonly tokens = new Map<string, SeenTokens>();
  private readonly visits = new Map<string, Visits>();
  /** The resource that the visit on top of the stack is about; the stack itself holds only its id. */
  private visited: Resource | undefined;
  private activeSyncId = '';
  private storing = false;
  private readonly stored = { resourceTypes: 0, resources: 0, entitlements: 0, grants: 0 };

  constructor(options: EngineOptions) {
    this.options = options;
  }

  async run(): Promise<void> {
    const { client, syncId, observe } = this.options;
    observe({ type: 'phase', phase: 'validate' });
    const { sdkVersion } = await this.call('Validate', (options) => client.connector.validate({}, options));
    if (takesSyncId(sdkVersion)) this.activeSyncId = syncId;
    observe({ type: 'phase', phase: 'read' });
    this.checkpoint.push({ operation: 'init' });
    for (let action = this.checkpoint.current(); action !== undefined; action = this.checkpoint.current()) {
      await this.step(action);
    }
    await this.call('Cleanup', (options) => client.connector.cleanup({ activeSyncId: this.activeSyncId }, options));
  }

  private step(action: Action): Promise<void> {
    switch (action.operation) {
      case 'init':
        return this.init();
      case 'list-resource-types':
        return this.listResourceTypes(action);
      case 'list-resources':
        return action.resourceTypeId === undefined ? this.perType(action) : this.listResources(action);
      case 'list-static-entitlements':
        return action.resourceTypeId === undefined ? this.perType(action) : this.listStaticEntitlements(action);
      case 'list-entitlements':
        return action.resourceTypeId === undefined ? this.planVisits(action) : this.listEntitlements(action);
      default:
        return action.resourceTypeId === undefined ? this.planVisits(action) : this.listGrants(action);
    }
  }

  private async init(): Promise<void> {
    this.checkpoint.finish();
    this.checkpoint.push(
      { operation: 'list-resource-types' },
      { operation: 'list-resources' },
      { operation: 'list-static-entitlements' },
      { operation: 'list-entitlements' },
      { operation: 'list-grants' },
    );
    await this.commit({});
  }

  private async listResourceTypes(action: Action): Promise<void> {
    const call = 'ListResourceTypes';
    const { resourceTypes } = this.options.client;
    const page = await this.call(call, (options) =>
      resourceTypes.listResourceTypes({ pageToken: action.pageToken, activeSyncId: this.activeSyncId }, options),
    );
    refuseAnnotations(call, page.annotations);
    for (const type of page.list) this.types.set(type.id, type);
    this.turn(call, action, page);
    if (page.nextPageToken === '' && this.types.size === 0) throw fail('BK-SYNC-NO-TYPES', {});
    await this.commit({ resourceTypes: page.list });
  }

  private async perType(action: Action): Promise<void> {
    this.checkpoint.finish();
    this.checkpoint.push(
      ...[...this.types.keys()].map((resourceTypeId) => ({ operation: action.operation, resourceTypeId })),
    );
    await this.commit({});
  }

  private async listResources(action: Action): Promise<void> {
    const call = 'ListResources';
    const resourceTypeId = action.resourceTypeId ?? '';
    const page = await this.call(call, (options) =>
      this.options.client.resources.listResources(
        { resourceTypeId, pageToken: action.pageToken, activeSyncId: this.activeSyncId },
        options,
      ),
    );
    refuseAnnotations(call, page.annotations);
    for (const resource of page.list) {
      refuseAnnotations(call, resource.annotations);
      if (resource.id?.resourceType !== resourceTypeId) {
        throw fail('BK-SYNC-ROW', { call, fault: `a resource that is not of the type ${resourceTypeId}` });
      }
      const missing = missingTrait(this.types.get(resourceTypeId), resource);
      if (missing !== undefined) {
        throw fail('BK-SYNC-ROW', { call, fault: `a ${resourceTypeId} without the ${missing} that its type promises` });
      }
    }
    if (page.nextPageToken === '') this.evidence.lastPage(resourceTypeId, page.annotations);
    await this.options.visits.append(page.list.filter((resource) => this.isVisited(resource)));
    this.turn(call, action, page);
    await this.commit({ resources: page.list });
  }

  private async listStaticEntitlements(action: Action): Promise<void> {
    const call = 'ListStaticEntitlements';
    const page = await this.call(call, (options) =>
      this.options.client.entitlements.listStaticEntitlements(
        {
          resourceTypeId: action.resourceTypeId ?? '',
          pageToken: action.pageToken,
          activeSyncId: this.activeSyncId,
        },
        options,
      ),
    );
    refuseAnnotations(call, page.annotations);
    if (page.list.length > 0) throw fail('BK-SYNC-FORM', { call, form: 'one entitlement for all resources of a type' });
    this.turn(call, action, page);
    await this.commit({});
  }

  /** Takes the next resource to be asked; the root action's token says how many have been. */
  private async planVisits(action: Action): Promise<void> {
    const { operation } = action;
    const entitlements = operation === 'list-entitlements';
    const marker = entitlements ? 'TypeScopedEntitlements' : 'TypeScopedGrants';
    let visits = this.visits.get(operation);
    if (visits === undefined) {
      visits = this.options.visits.read()[Symbol.asyncIterator]();
      this.visits.set(operation, visits);
      const scoped = [...this.types.values()].filter(({ annotations }) => has(annotations, marker));
      if (scoped.length > 0) {
        this.checkpoint.push(...scoped.map(({ id }) => ({ operation, resourceTypeId: id, typeScoped: true as const })));
        return;
      }
    }
    for (;;) {
      const next = await visits.next();
      if (next.done) {
        this.checkpoint.finish();
        await this.commit({});
        return;
      }
      const resource = next.value;
      const type = this.types.get(resource.id?.resourceType ?? '');
      const annotations = [...(type?.annotations ?? []), ...resource.annotations];
      if (has(annotations, entitlements ? 'SkipEntitlements' : 'SkipGrants') || has(annotations, marker)) continue;
      this.visited = resource;
      this.checkpoint.advance(String(Number(action.pageToken || '0') + 1));
      this.checkpoint.push({
        operation,
        resourceTypeId: resource.id?.resourceType ?? '',
        resourceId: resource.id?.resource ?? '',
      });
      return;
    }
  }

  private async listEntitlements(action: Action): Promise<void> {
    const call = 'ListEntitlements';
    const page = await this.call(call, (options) =>
      this.options.client.entitlements.listEntitlements(
        {
          resource: this.subject(action),
          pageToken: action.pageToken,
          activeSyncId: this.activeSyncId,
          annotations: action.typeScoped
            ? [anyPack(TypeScopedEntitlementsSchema, create(TypeScopedEntitlementsSchema))]
            : [],
        },
        options,
      ),
    );
    refuseAnnotations(call, page.annotations);
    for (const entitlement of page.list) {
      refuseAnnotations(call, entitlement.annotations);
      this.checkSubject(call, action, entitlement.resource, 'an entitlement');
    }
    this.turn(call, action, page);
    await this.commit({ entitlements: page.list });
  }

  private async listGrants(action: Action): Promise<void> {
    const call = 'ListGrants';
    const page = await this.call(call, (options) =>
      this.options.client.grants.listGrants(
        {
          resource: this.subject(action),
          pageToken: action.pageToken,
          activeSyncId: this.activeSyncId,
          annotations: action.typeScoped ? [anyPack(TypeScopedGrantsSchema, create(TypeScopedGrantsSchema))] : [],
        },
        options,
      ),
    );
    refuseAnnotations(call, page.annotations);
    for (const grant of page.list) {
      refuseAnnotations(call, grant.annotations);
      this.checkSubject(call, action, grant.entitlement?.resource, 'a grant');
    }
    this.turn(call, action, page);
    await this.commit({ grants: page.list });
  }

  /** What a per-resource call is about; a whole-type call names the type twice (protocol: messages 2). */
  private subject(action: Action): Resource | { id: { resourceType: string; resource: string } } {
    const type = action.resourceTypeId ?? '';
    if (action.typeScoped) return { id: { resourceType: type, resource: type } };
    return this.visited ?? { id: { resourceType: type, resource: action.resourceId ?? '' } };
  }

  private checkSubject(call: string, action: Action, resource: Resource | undefined, what: string): void {
    const { resourceType, resource: id } = resource?.id ?? {};
    if (resourceType === action.resourceTypeId && (action.typeScoped || id === action.resourceId)) return;
    throw fail('BK-SYNC-ROW', { call, fault: `${what} of another resource than the one it was asked about` });
  }

  private isVisited(resource: Resource): boolean {
    const type = this.types.get(resource.id?.resourceType ?? '');
    return !has([...(type?.annotations ?? []), ...resource.annotations], 'SkipEntitlementsAndGrants');
  }

  /** Goes to the next page of a list, or ends it. */
  private turn(call: string, action: Action, page: Page): void {
    if (page.nextPageToken === '') {
      this.tokens.delete(action.id);
      this.checkpoint.finish();
      return;
    }
    let seen = this.tokens.get(action.id);
    if (seen === undefined) this.tokens.set(action.id, (seen = new SeenTokens(call)));
    seen.add(page.nextPageToken);
    this.checkpoint.advance(page.nextPageToken);
  }

  private async commit(batch: Batch): Promise<void> {
    await this.options.writer.commit({ ...batch, checkpoint: this.checkpoint.toToken() });
    let rows = 0;
    for (const kind of ['resourceTypes', 'resources', 'entitlements', 'grants'] as const) {
      const count = batch[kind]?.length ?? 0;
      this.stored[kind] += count;
      rows += count;
    }
    if (rows === 0) return;
    this.options.progress.touch();
    if (!this.storing && this.stored.resources > 0) {
      this.storing = true;
      this.options.observe({ type: 'phase', phase: 'store' });
    }
    this.options.observe({ type: 'stored', ...this.stored });
  }

  private async call<T>(
    name: string,
    send: (options: { signal: AbortSignal; timeoutMs: number }) => Promise<T>,
  ): Promise<T> {
    const { signal, progress } = this.options;
    try {
      signal.throwIfAborted();
      progress.check();
      return await send({ signal, timeoutMs: progress.limitMs });
    } catch (error) {
      throw describeFailure(name, error, signal);
    }
  }
}

/** From this version on a connector takes the id of the sync (protocol: runtime 2.2). */
function takesSyncId(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.replace(/^v/, '').split(/[.+-]/).map(Number);
  return major > 0 || minor > 4 || (minor === 4 && patch >= 3);
}
