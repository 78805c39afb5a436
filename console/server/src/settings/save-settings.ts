import {
  addAudit,
  readSecrets,
  readValues,
  removeSecret,
  requestRun,
  saveSecret,
  saveValues,
} from '@batonkit/console-store';
import { BatonError } from '@batonkit/kernel';
import type { AnyConfigValue } from '@batonkit/protocol';
import type { CatalogueItem } from '../catalogue/catalogue.ts';
import type { SecretBox } from '../data/secret-box.ts';
import type { HandlerContext } from '../http/handlers/context.ts';
import { prepareSettings } from './prepare-settings.ts';
import { secretOf, storedText, textsOf, type Secret } from './secret.ts';
import { stampExceptions } from './stamp-exceptions.ts';

/**
 * Saves what was entered and asks for a sync, in one transaction.
 *
 * @throws FieldProblems when a field is not right, `BK-RUN-OPEN` while a sync runs; nothing is saved then
 */
export async function saveSettings(
  context: Pick<HandlerContext, 'store' | 'secretBox' | 'allowedOrigins' | 'hide'>,
  item: CatalogueItem,
  connectorId: string,
  entered: Record<string, AnyConfigValue>,
  actor: string,
): Promise<void> {
  const { secretBox, allowedOrigins } = context;
  await context.store.db.transaction(async (tx) => {
    const stored = {
      values: await readValues(tx, connectorId),
      secrets: readable(await readSecrets(tx, connectorId), item, connectorId, secretBox),
    };
    const { configuration } = item;
    const prepared = prepareSettings(configuration, stored, entered, allowedOrigins);
    context.hide(Object.values(prepared.secrets).flatMap(textsOf));
    await saveValues(tx, connectorId, stampExceptions(configuration, stored.values, prepared.values, actor, tx.now()));
    for (const [name, secret] of Object.entries(prepared.secrets)) {
      if (textsOf(secret).length === 0) {
        await removeSecret(tx, connectorId, name);
        continue;
      }
      const ciphertext = secretBox.seal(storedText(secret), { connectorId, field: name });
      const shown =
        typeof secret === 'string' ? { lastFour: lastFour(secret) } : { lastFour: '', names: Object.keys(secret) };
      await saveSecret(tx, connectorId, { name, ciphertext, setBy: actor, ...shown });
    }
    const detail = prepared.changed.length === 0 ? 'Nothing changed.' : `Changed: ${prepared.changed.join(', ')}.`;
    await addAudit(tx, { connectorId, actor, action: 'Settings saved', detail });
    await requestRun(tx, { connectorId, trigger: 'save', requestedBy: actor });
  });
}

/** One that cannot be opened any more counts as not stored: it has to be entered again. */
function readable(
  sealed: { name: string; ciphertext: Uint8Array }[],
  { configuration }: CatalogueItem,
  connectorId: string,
  secretBox: SecretBox,
): Record<string, Secret> {
  const secrets: Record<string, Secret> = {};
  for (const { name, ciphertext } of sealed) {
    try {
      secrets[name] = secretOf(configuration, name, secretBox.open(ciphertext, { connectorId, field: name }));
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
