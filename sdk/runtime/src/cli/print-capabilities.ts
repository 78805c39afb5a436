import { create, toJson } from '@bufbuild/protobuf';
import { AnySchema } from '@bufbuild/protobuf/wkt';
import type { ResourceType } from '@batonkit/protocol';
import { Capability, ConnectorCapabilitiesSchema, packAny, registry } from '@batonkit/protocol';

/**
 * The JSON of `capabilities`: an Any with the connector's capabilities, types sorted by id; two spaces,
 * no line break at the end (protocol: runtime 1.4). A connector of this SDK reads, and nothing else.
 */
export function capabilitiesJson(resourceTypes: readonly ResourceType[]): string {
  const message = create(ConnectorCapabilitiesSchema, {
    resourceTypeCapabilities: resourceTypes
      .toSorted((a, b) => (a.id < b.id ? -1 : 1))
      .map((resourceType) => ({ resourceType, capabilities: [Capability.SYNC], permissions: {} })),
    connectorCapabilities: [Capability.SYNC],
    credentialDetails: {},
  });
  return JSON.stringify(toJson(AnySchema, packAny(ConnectorCapabilitiesSchema, message), { registry }), undefined, 2);
}
