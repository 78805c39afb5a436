import { fromJsonString } from '@bufbuild/protobuf';
import { AnySchema, anyUnpack } from '@bufbuild/protobuf/wkt';
import type { CatalogEntry } from '@batonkit/console-contract';
import { Capability, config, ConnectorCapabilitiesSchema, registry } from '@batonkit/protocol';
import type { DataDirectory } from '../data/data-directory.ts';
import { fail } from '../errors.ts';
import { formFields } from './form-fields.ts';
import { printOf, type Program } from './program.ts';

/** A connector that can be added: its program and what it says of itself. */
export interface CatalogueItem {
  program: Program;
  configuration: config.Configuration;
  entry: CatalogEntry;
}

export interface Catalogue {
  all(): CatalogueItem[];
  get(id: string): CatalogueItem | undefined;
  /** @throws BatonError `BK-CATALOG-GONE` */
  need(id: string): CatalogueItem;
}

/**
 * Asks each program for its own `config`, `capabilities` and version. The console knows nothing of any
 * connector beyond these.
 *
 * @throws BatonError `BK-CATALOG`
 */
export async function loadCatalogue(programs: Program[], data: DataDirectory): Promise<Catalogue> {
  const items = await Promise.all(programs.map((program) => loadItem(program, data)));
  const byId = new Map(items.map((item) => [item.entry.id, item]));
  return {
    all: () => items,
    get: (id) => byId.get(id),
    need: (id) => {
      const item = byId.get(id);
      if (item === undefined) throw fail('BK-CATALOG-GONE', { id });
      return item;
    },
  };
}

async function loadItem(program: Program, data: DataDirectory): Promise<CatalogueItem> {
  const [configText, capabilitiesText, versionText] = await Promise.all([
    printOf(program, ['config'], data),
    printOf(program, ['capabilities'], data),
    printOf(program, ['--version'], data),
  ]);
  const configuration = parse(program, 'config', () =>
    fromJsonString(config.ConfigurationSchema, configText, { registry, ignoreUnknownFields: true }),
  );
  const capabilities = parse(program, 'capabilities', () => {
    const any = fromJsonString(AnySchema, capabilitiesText, { registry, ignoreUnknownFields: true });
    const message = anyUnpack(any, ConnectorCapabilitiesSchema);
    if (message === undefined) throw new Error('Another message.');
    return message;
  });
  const resourceTypes = capabilities.resourceTypeCapabilities.map(({ resourceType, capabilities: can }) => ({
    id: resourceType?.id ?? '',
    name: resourceType?.displayName || (resourceType?.id ?? ''),
    sync: can.includes(Capability.SYNC),
    provision: can.includes(Capability.PROVISION),
  }));
  const name = configuration.displayName || program.name;
  return {
    program,
    configuration,
    entry: {
      id: configuration.catalogId || program.name,
      name,
      description: describe(
        name,
        resourceTypes.filter(({ sync }) => sync).map((type) => type.name),
      ),
      helpUrl: configuration.helpUrl,
      version: /version (\S+)/.exec(versionText)?.[1] ?? versionText.trim(),
      resourceTypes,
      fields: formFields(configuration),
    },
  };
}

function parse<T>(program: Program, what: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw fail(
      'BK-CATALOG',
      { program: program.name, reason: `What it prints for "${what}" is not in the known form.` },
      { cause: error },
    );
  }
}

/** Neither `config` nor `capabilities` has a description; what it syncs says most. */
function describe(name: string, types: string[]): string {
  return types.length === 0
    ? `Syncs ${name}.`
    : `Syncs from ${name}: ${types.map((type) => `${type.toLowerCase()}s`).join(', ')} and who holds what.`;
}
