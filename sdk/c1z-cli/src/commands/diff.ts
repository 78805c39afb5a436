import { newestFirst } from '@batonkit/c1z';
import type { C1zReader, Changes } from '@batonkit/c1z';
import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import { EntitlementSchema, GrantSchema, ResourceSchema } from '@batonkit/protocol';
import { fail } from '../errors.ts';
import { jsonText } from '../output/cell-text.ts';
import { messageJson } from '../output/message-json.ts';
import { batches } from '../output/print-view.ts';

/**
 * What the newest finished full run says otherwise than the one before it: `baton.v1.C1ZDiffOutput` in protobuf JSON,
 * whatever the format asked for, as the genuine program does.
 *
 * @throws BatonError `BK-CLI-DIFF`
 */
export async function* printDiff(reader: C1zReader, path: string, signal: AbortSignal): AsyncIterable<string> {
  const [newer, older] = newestFirst(reader.syncs()).filter(({ type }) => type === 'full');
  if (newer === undefined || older === undefined)
    throw fail('BK-CLI-DIFF', { path, count: newer === undefined ? 0 : 1 });
  const { resources, entitlements, grants } = reader.diff(older.id, newer.id);
  yield '{"resources":{';
  yield* members(ResourceSchema, resources, signal);
  yield '},\n"entitlements":{';
  yield* members(EntitlementSchema, entitlements, signal);
  yield '},\n"grants":{';
  yield* members(GrantSchema, grants, signal);
  yield '}}\n';
}

async function* members<D extends DescMessage>(
  schema: D,
  changes: Changes<MessageShape<D>>,
  signal: AbortSignal,
): AsyncIterable<string> {
  let before = '';
  for (const name of ['created', 'modified', 'deleted'] as const) {
    let isFirst = true;
    for await (const rows of batches(changes[name], signal)) {
      yield isFirst ? `${before}"${name}":[\n` : ',\n';
      yield rows.map((row) => jsonText(messageJson(schema, row))).join(',\n');
      isFirst = false;
    }
    if (isFirst) continue;
    yield ']';
    before = ',';
  }
}
