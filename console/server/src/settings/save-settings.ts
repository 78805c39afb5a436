import { addAudit, readSecrets, readValues, requestRun, saveSecret, saveValues } from '@batonkit/console-store';
import { BatonError } from '@batonkit/kernel';
import type { ConfigValue } from '@batonkit/protocol';
import type { CatalogueItem } from '../catalogue/catalogue.ts';
import type { SecretBox } from '../data/secret-box.ts';
import type { HandlerContext } from '../http/handlers/context.ts';
import { prepareSettings } from './prepare-settings.ts';

/**
 * Saves what was entered and asks for a sync, in one transaction.
 *
 * @throws FieldProblems when a field is not right, `BK-RUN-OPEN` while a sync runs; nothing is saved then
 */
export async function saveSettings(
  context: Pick<HandlerContext, 'store' | 'secretBox' | 'allowedOrigins' | 'hide'>,
  item: CatalogueItem,
  connectorId: string,
  entered: Record<string, ConfigValue>,
  actor: string,
): Promise<void> {
  const { secretBox, allowedOrigins } = context;
  await context.store.db.transaction(async (tx) => {
    const stored = {
      values: await readValues(tx, connectorId),
      secrets: readable(await readSecrets(tx, connectorId), connectorId, secretBox),
    };
    const prepared = prepareSettings(item.configuration, stored, entered, allowedOrigins);
    context.hide(Object.values(prepared.secrets));
    await saveValues(tx, connectorId, prepared.values);
    for (const [name, secret] of Object.entries(prepared.secrets)) {
      const ciphertext = secretBox.seal(secret, { connectorId, field: name });
      await saveSecret(tx, connectorId, { name, ciphertext, lastFour: lastFour(secret), setBy: actor });
    }
    const detail = prepared.changed.length === 0 ? 'Nothing changed.' : `Changed: ${prepared.changed.join(', ')}.`;
    await addAudit(tx, { connectorId, actor, action: 'Settings saved', detail });
    await requestRun(tx, { connectorId, trigger: 'save', requestedBy: actor });
  });
}

/** One that cannot be opened any more counts as not stored: it has to be entered again. */
function readable(
  sealed: { name: string; ciphertext: Uint8Array }[],
  connectorId: string,
  secretBox: SecretBox,
): Record<string, string> {
  const secrets: Record<string, string> = {};
  for (const { name, ciphertext } of sealed) {
    try {
      secrets[name] = secretBox.open(ciphertext, { connectorId, field: name });
    } catch (error) {
      if (!(error instanceof BatonError)) throw error;
    }
  }
  return secrets;
}

/** Of a short secret the last four characters would give away too much. */
function lastFour(secret: string): string {
  return secret.length >= 12 ? secret.slice(-4) : '';
}
