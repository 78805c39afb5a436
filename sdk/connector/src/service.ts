import { linkAbort } from '@batonkit/kernel';
import {
  Capability,
  ConnectorCapabilitiesSchema,
  evidenceToStruct,
  type Evidence,
  findAny,
  packAny,
  type AnyConfigValue,
  type ConnectorCapabilities,
  type ConnectorService,
  type EntitlementsService,
  type GrantsService,
  type ResourceGetterService,
  type ResourceId,
  type ResourcesService,
  TypeScopedEntitlementsSchema,
  TypeScopedGrantsSchema,
  type ResourceTypesService,
} from '@batonkit/protocol';
import { create, fromJson } from '@bufbuild/protobuf';
import { StructSchema, type Any } from '@bufbuild/protobuf/wkt';
import { ConnectError, type HandlerContext, type ServiceImpl } from '@connectrpc/connect';
import { CurrentReading, type Position, type SyncRecord } from './current-reading.ts';
import type { FieldDeclarations } from './config/define-config.ts';
import type { ConnectorDefinition, OpenConnector } from './definition.ts';
import { fail } from './errors.ts';
import { openConnector, SDK_VERSION, type OpenDeps } from './open-connector.ts';
import { prove, type Reading } from './reading/prove.ts';
import { findDifference, isSameEvidence, reopenReading, sealReading } from './reading/sealed-reading.ts';
import { RecordFinder } from './reading/record-finder.ts';
import { groupOf, type Spool, type SpoolRow } from './reading/spool.ts';
import { toConnectError } from './to-connect-error.ts';

/** Implementations of the generated services, for a server or for `connectInMemory`. */
export interface ConnectorServices extends AsyncDisposable {
  connector: ServiceImpl<typeof ConnectorService>;
  resourceTypes: ServiceImpl<typeof ResourceTypesService>;
  resources: ServiceImpl<typeof ResourcesService>;
  resourceGetter: ServiceImpl<typeof ResourceGetterService>;
  entitlements: ServiceImpl<typeof EntitlementsService>;
  grants: ServiceImpl<typeof GrantsService>;
  /**
   * Goes on serving a reading that an earlier process proved for this sync and left in `spoolDir`; to be asked before
   * any call. Answers why that cannot be, as the end of a sentence; then nothing of it is left.
   *
   * @throws BatonError when the source does not answer
   */
  resume(sync: { id: string; evidence: Evidence | undefined }): Promise<string | undefined>;
  /** Ends the service, and leaves a proven reading for a later process. Only with `keep`. */
  leave(): Promise<void>;
}

export interface ServiceDeps extends OpenDeps {
  /** Working directory of the run; made if it is missing, and only our own files in it are deleted. */
  spoolDir: string;
  /** Stops everything. */
  signal?: AbortSignal;
  /** Makes a proven reading one that a later process can go on with. */
  keep?: boolean;
  /** The rows have no name on the disk: nothing is left of them, however this process ends. Not with `keep`. */
  unnamed?: boolean;
  /** What is known of syncs that an earlier process may have served; without it, those of this process alone. */
  syncs?: SyncRecord;
  /** How often everything is read, 2 by default; 1 stands in the certificate. */
  passes?: 1 | 2;
}

/**
 * Serves a connector: reads all lists, proves them, and only then answers rows. No call of a sync gets
 * a row before all lists are proven; if the proof fails, every call fails.
 *
 * @param values checked configuration values by field name; `http-timeout-seconds` is a default field
 */
export function createConnectorService<D extends FieldDeclarations>(
  definition: ConnectorDefinition<D>,
  values: Readonly<Record<string, AnyConfigValue>>,
  deps: ServiceDeps,
): ConnectorServices {
  const { clock, network } = deps;
  const observe = deps.observe ?? (() => {});
  let opened: OpenConnector | undefined;
  const open = (): OpenConnector => (opened ??= openConnector(definition, values, deps));
  const current = new CurrentReading(
    async (abort, syncId) => {
      using linked = linkAbort(abort, deps.signal);
      const { signal } = linked;
      const lanes = network?.maxInFlight ?? 4;
      const description = await open().describePlan?.(signal);
      if (description !== undefined) observe({ type: 'plan', at: clock.now(), ...description });
      const { spoolDir, passes = 2, unnamed = false } = deps;
      const reading = await prove(await open().plans(signal), {
        spoolDir,
        unnamed,
        clock,
        observe,
        signal,
        lanes,
        passes,
      });
      return deps.keep === true ? sealReading(deps.spoolDir, syncId, reading, open().memory?.()) : reading;
    },
    clock,
    deps.syncs,
  );

  const finders = new WeakMap<Spool, Map<string, RecordFinder>>();
  const finderOf = (spool: Spool, group: string): RecordFinder => {
    const ofSpool = finders.get(spool) ?? new Map<string, RecordFinder>();
    finders.set(spool, ofSpool);
    const finder = ofSpool.get(group) ?? new RecordFinder(spool, group);
    ofSpool.set(group, finder);
    return finder;
  };
  const types = definition.resourceTypes;
  const knownType = (type: string): string => {
    if (!types.some(({ id }) => id === type)) throw fail('BK-TYPE', { type: type.slice(0, 100) });
    return type;
  };
  const page = (
    position: Position,
    group: (reading: Reading) => string,
  ): { rows: SpoolRow[]; next: string; isLast: boolean } => {
    if ('wait' in position) return { rows: [], next: position.wait, isLast: false };
    const { reading, page } = position;
    const pages = reading.spool.pages(group(reading));
    if (page > 0 && page >= pages) throw fail('BK-TOKEN', {});
    const isLast = page + 1 >= pages;
    return {
      rows: pages === 0 ? [] : reading.spool.page(group(reading), page),
      next: isLast ? '' : `rows:${page + 1}`,
      isLast,
    };
  };
  /** Entitlements or grants of one resource, which must be one of this sync's, or of a whole type. */
  const ofResource = async (
    request: SubjectRequest,
    context: HandlerContext,
    group: (type: string, id: string) => string,
    marker: typeof TypeScopedEntitlementsSchema | typeof TypeScopedGrantsSchema,
  ): Promise<{ rows: SpoolRow[]; next: string }> => {
    const type = knownType(request.resource?.id?.resourceType ?? '');
    const id = request.resource?.id?.resource ?? '';
    const isMarked = (annotations: readonly Any[]): boolean => findAny(annotations, marker) !== undefined;
    const isScoped = isMarked(types.find((each) => each.id === type)?.annotations ?? []);
    if (isScoped !== isMarked(request.annotations)) throw fail('BK-SCOPE', { type });
    const position = await current.at(request.activeSyncId, request.pageToken, context.signal);
    return page(position, (reading) => {
      if (!isScoped && reading.resources.get(type)?.has(id) !== true) throw fail('BK-RESOURCE', { type });
      return group(type, isScoped ? '' : id);
    });
  };

  return {
    connector: {
      getMetadata: reported(() => ({
        metadata: {
          displayName: definition.displayName,
          description: definition.description,
          helpUrl: definition.helpUrl,
          capabilities: capabilitiesOf(definition),
        },
      })),
      validate: reported(async (_, context) => {
        await current.forgetFailure();
        using linked = linkAbort(context.signal, deps.signal);
        await open().validate(linked.signal);
        return { sdkVersion: SDK_VERSION };
      }),
      cleanup: reported(async ({ activeSyncId }) => {
        await current.forget(activeSyncId);
        return {};
      }),
    },
    resourceTypes: {
      listResourceTypes: reported(({ activeSyncId }) => {
        // Here a sync begins: one that gets no further may go on in a later process.
        if (activeSyncId !== '') deps.syncs?.mayBegin(activeSyncId);
        return { list: [...types] };
      }),
    },
    resources: {
      listResources: reported(async (request, context) => {
        const type = knownType(request.resourceTypeId);
        const position = await current.at(request.activeSyncId, request.pageToken, context.signal);
        const { rows, next, isLast } = page(position, () => groupOf.resources(type));
        const present = rows.filter(
          ({ id = '' }) => 'reading' in position && position.reading.resources.get(type)?.has(id),
        );
        return {
          list: present.map(({ record }) => open().present.resource(type, record)),
          nextPageToken: next,
          annotations: isLast && 'reading' in position ? [evidenceAnnotation(position.reading)] : [],
        };
      }),
    },
    resourceGetter: {
      // Of a proven reading, too: one resource read by itself would say nothing of who holds it.
      getResource: reported(async ({ resourceId, activeSyncId }, context) => {
        const type = knownType(resourceId?.resourceType ?? '');
        const id = resourceId?.resource ?? '';
        const reading = await current.whole(activeSyncId, context.signal);
        const record = await finderOf(reading.spool, groupOf.resources(type)).find(id, context.signal);
        if (reading.resources.get(type)?.has(id) !== true || record === undefined) throw absent(type, reading);
        return { resource: open().present.resource(type, record), annotations: [evidenceAnnotation(reading)] };
      }),
    },
    entitlements: {
      listEntitlements: reported(async (request, context) => {
        const { rows, next } = await ofResource(request, context, groupOf.entitlements, TypeScopedEntitlementsSchema);
        return { list: rows.map(({ record }) => open().present.entitlement(record)), nextPageToken: next };
      }),
      listStaticEntitlements: reported((request) => {
        const type = knownType(request.resourceTypeId);
        return { list: [...(definition.staticEntitlements?.[type] ?? [])] };
      }),
    },
    grants: {
      listGrants: reported(async (request, context) => {
        const { rows, next } = await ofResource(request, context, groupOf.grants, TypeScopedGrantsSchema);
        return { list: rows.map(({ record }) => open().present.grant(record)), nextPageToken: next };
      }),
    },
    resume: async ({ id, evidence }) => {
      const left = reopenReading(deps.spoolDir, id);
      if (left === undefined) return 'its reading was not complete';
      try {
        const signal = deps.signal ?? new AbortController().signal;
        const isOther = evidence !== undefined && !isSameEvidence(evidence, left.reading.evidence);
        const why = isOther
          ? 'its rows are of another reading'
          : await findDifference(left.reading, await open().plans(signal), signal);
        if (why === undefined) {
          open().remember?.(left.memory);
          await current.adopt(id, left.reading);
        } else left.reading[Symbol.dispose]();
        return why;
      } catch (error) {
        left.reading.leave();
        throw error;
      }
    },
    leave: async () => {
      await current.leave();
      await opened?.[Symbol.asyncDispose]();
      opened = undefined;
    },
    [Symbol.asyncDispose]: async () => {
      await current[Symbol.asyncDispose]();
      await opened?.[Symbol.asyncDispose]();
      opened = undefined;
    },
  };
}

/** That there is no such resource is an answer, and has the evidence of the whole reading with it. */
function absent(type: string, { evidence }: Reading): ConnectError {
  const error = toConnectError(fail('BK-RESOURCE', { type }));
  error.details.push({ desc: StructSchema, value: fromJson(StructSchema, evidenceToStruct(evidence)) });
  return error;
}

interface SubjectRequest {
  resource?: { id?: ResourceId | undefined } | undefined;
  pageToken: string;
  activeSyncId: string;
  annotations: readonly Any[];
}

/** What a read-only connector can do, as `capabilities` prints it and GetMetadata answers. */
export function capabilitiesOf({ resourceTypes }: Pick<ConnectorDefinition, 'resourceTypes'>): ConnectorCapabilities {
  const sorted = [...resourceTypes].sort((a, b) => (a.id < b.id ? -1 : 1));
  return create(ConnectorCapabilitiesSchema, {
    resourceTypeCapabilities: sorted.map((resourceType) => ({
      resourceType,
      capabilities: [Capability.SYNC],
      permissions: {},
    })),
    connectorCapabilities: [Capability.SYNC],
    credentialDetails: {},
  });
}

function evidenceAnnotation(reading: Reading): Any {
  return packAny(StructSchema, fromJson(StructSchema, evidenceToStruct(reading.evidence)));
}

/** Lets errors cross the wire with their report; anything unexpected crosses without its text. */
function reported<A extends unknown[], R>(call: (...args: A) => R | Promise<R>): (...args: A) => Promise<R> {
  return async (...args) => {
    try {
      return await call(...args);
    } catch (error) {
      throw toConnectError(error);
    }
  };
}
