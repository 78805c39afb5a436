import type { Entitlement, Resource, ResourceType } from '@batonkit/protocol';
import {
  EntitlementSchema,
  ResourceSchema,
  ResourcesServiceListResourcesRequestSchema,
  ResourceTypeSchema,
} from '@batonkit/protocol';
import type { DescMessage } from '@bufbuild/protobuf';
import { Checkpoint } from './checkpoint.ts';
import type { Marks } from './checkpoint.ts';
import { ExclusionGroups } from './exclusion-groups.ts';
import { RecordFile } from './record-file.ts';

export type Stored = { resourceTypes: number; resources: number; entitlements: number; grants: number };

const FILES = ['types', 'visits', 'children', 'proofs', 'exclusions'] as const;
type Sizes = Readonly<Record<(typeof FILES)[number], number>>;

/** Everything that a run knows and the next one needs to go on: the stack, and files beside the database. */
export class SyncState implements Disposable {
  readonly checkpoint: Checkpoint;
  /** In the order in which they were listed. */
  readonly types: ResourceType[] = [];
  /** Resources that may have to be asked for entitlements and grants. */
  readonly visits: RecordFile<typeof ResourceSchema>;
  /** Lists of resources below other resources, still to be asked for or already. */
  readonly children: RecordFile<typeof ResourcesServiceListResourcesRequestSchema>;
  /** What stood on the last page of the first list of each type: type and annotations. */
  readonly proofs: RecordFile<typeof ResourcesServiceListResourcesRequestSchema>;
  readonly stored: Stored;
  /** Grants that an expansion made, and those read that it gave further sources. */
  expanded = { made: 0, merged: 0 };
  /** Entitlements that are in a group. */
  private readonly exclusions: RecordFile<typeof EntitlementSchema>;
  private readonly groups = new ExclusionGroups();
  private readonly typeFile: RecordFile<typeof ResourceTypeSchema>;
  private readonly files: DisposableStack;

  private constructor(workDir: string, checkpoint: Checkpoint, sizes: Sizes, stored: Stored) {
    this.checkpoint = checkpoint;
    this.stored = stored;
    // On a full disk the last of them may fail: those before it must not stay open for as long as a service lives.
    using open = new DisposableStack();
    const file = <D extends DescMessage>(name: (typeof FILES)[number], schema: D): RecordFile<D> =>
      open.use(new RecordFile(workDir, name, schema, sizes[name]));
    this.typeFile = file('types', ResourceTypeSchema);
    this.visits = file('visits', ResourceSchema);
    this.children = file('children', ResourcesServiceListResourcesRequestSchema);
    this.proofs = file('proofs', ResourcesServiceListResourcesRequestSchema);
    this.exclusions = file('exclusions', EntitlementSchema);
    this.files = open.move();
  }

  static begin(workDir: string): SyncState {
    const checkpoint = new Checkpoint();
    checkpoint.push({ operation: 'init' });
    const stored = { resourceTypes: 0, resources: 0, entitlements: 0, grants: 0 };
    return new SyncState(workDir, checkpoint, { types: 0, visits: 0, children: 0, proofs: 0, exclusions: 0 }, stored);
  }

  /**
   * As a run left it at this token.
   * @throws Error when the files are not those that the token speaks of
   */
  static async resume(workDir: string, checkpoint: Checkpoint, marks: Marks): Promise<SyncState> {
    const count = (name: keyof Stored): number => marks.stored[name] ?? 0;
    const state = new SyncState(
      workDir,
      checkpoint,
      Object.fromEntries(FILES.map((name) => [name, marks.sizes[name] ?? 0])) as Sizes,
      {
        resourceTypes: count('resourceTypes'),
        resources: count('resources'),
        entitlements: count('entitlements'),
        grants: count('grants'),
      },
    );
    state.expanded = { made: marks.stored['made'] ?? 0, merged: marks.stored['merged'] ?? 0 };
    try {
      for await (const type of state.typeFile.read()) state.types.push(type);
      for await (const entitlement of state.exclusions.read()) state.groups.add('', entitlement);
    } catch (error) {
      state[Symbol.dispose]();
      throw error;
    }
    return state;
  }

  type(id: string): ResourceType | undefined {
    return this.types.find((one) => one.id === id);
  }

  addTypes(types: readonly ResourceType[]): void {
    this.types.push(...types);
    this.typeFile.append(types);
  }

  /** @throws BatonError `BK-SYNC-EXCLUSION` when groups of entitlements contradict themselves */
  addEntitlements(call: string, entitlements: readonly Entitlement[]): void {
    this.exclusions.append(entitlements.filter((one) => this.groups.add(call, one)));
  }

  /** The resource that a visit is about. */
  async visited(position: number): Promise<Resource | undefined> {
    let index = 0;
    for await (const resource of this.visits.read()) {
      if (index === position) return resource;
      index += 1;
    }
    return undefined;
  }

  marks(at: number): Marks {
    return {
      at,
      sizes: {
        types: this.typeFile.size,
        visits: this.visits.size,
        children: this.children.size,
        proofs: this.proofs.size,
        exclusions: this.exclusions.size,
      },
      stored: { ...this.stored, ...this.expanded },
    };
  }

  [Symbol.dispose](): void {
    this.files[Symbol.dispose]();
  }
}
