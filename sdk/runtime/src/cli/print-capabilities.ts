import { toJson } from '@bufbuild/protobuf';
import { AnySchema } from '@bufbuild/protobuf/wkt';
import type { ConnectorDefinition } from '@batonkit/connector';
import { capabilitiesOf } from '@batonkit/connector';
import { ConnectorCapabilitiesSchema, packAny, registry } from '@batonkit/protocol';

/**
 * The JSON of `capabilities`: an Any with the connector's capabilities, two spaces, no line break at the
 * end (protocol: runtime 1.4).
 */
export function capabilitiesJson(definition: Pick<ConnectorDefinition, 'resourceTypes'>): string {
  const packed = packAny(ConnectorCapabilitiesSchema, capabilitiesOf(definition));
  const { '@type': type, ...rest } = toJson(AnySchema, packed, { registry }) as Record<string, unknown>;
  return JSON.stringify({ '@type': type, ...rest }, undefined, 2);
}
