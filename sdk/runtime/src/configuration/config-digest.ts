import { createHash } from 'node:crypto';
import { canonicalJson } from '@batonkit/certificate';
import type { ConnectorDefinition } from '@batonkit/connector';
import { isSecretField } from '@batonkit/connector';
import type { Settings } from './read-settings.ts';

/** Says whether two files were made with the same settings, without telling any secret. */
export function configDigestOf(definition: ConnectorDefinition, settings: Pick<Settings, 'values' | 'passes'>): string {
  const open = Object.entries(settings.values).filter(([name]) => !isSecretField(definition.config.fields[name]));
  return createHash('sha256')
    .update(
      canonicalJson({
        connector: definition.id,
        values: Object.fromEntries(open),
        ...(settings.passes === 1 ? { passes: 1 } : {}),
      }),
    )
    .digest('hex');
}
