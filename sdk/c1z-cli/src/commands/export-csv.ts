import { open, rename, rm, stat } from 'node:fs/promises';
import type { C1zReader } from '@batonkit/c1z';
import { findAny, ResourceType_Trait, UserTraitSchema } from '@batonkit/protocol';
import type { Entitlement, Resource } from '@batonkit/protocol';
import { fail } from '../errors.ts';
import { cellText } from '../output/cell-text.ts';
import { csvLine } from '../output/csv-line.ts';
import { batches } from '../output/print-view.ts';
import { accountFacts } from '../views/facts.ts';
import { idOf } from '../views/names.ts';
import type { Id, Names } from '../views/names.ts';

const COLUMNS = [
  'Type',
  'Last Name',
  'First Name',
  'User ID',
  'User Status',
  'Email Address',
  'Entitlement Display Name',
  'Entitlement',
  'Resource Type',
  'Resource Name',
  'Entitlement Description',
  'Entitlement Slug',
];

/**
 * Everything as one table, in the columns of the genuine export: a row for each account, each entitlement, each grant.
 * Replaces a plain file at `path`, whole or not at all.
 *
 * @throws BatonError `BK-CLI-OUT`
 */
export async function exportCsv(reader: C1zReader, names: Names, path: string, signal: AbortSignal): Promise<void> {
  const existing = await stat(path).catch(() => undefined);
  if (existing !== undefined && !existing.isFile()) throw fail('BK-CLI-OUT', { path, why: 'it is no plain file' });
  const staged = `${path}.tmp`;
  try {
    {
      await using file = await open(staged, 'w', 0o600);
      await file.appendFile(csvLine(COLUMNS));
      for await (const lines of batches(rows(reader, names), signal))
        await file.appendFile(lines.map((line) => csvLine(line.map(cellText))).join(''));
      await file.sync();
    }
    await rename(staged, path);
  } catch (error) {
    await rm(staged, { force: true });
    const reasons: Record<string, string> = {
      ENOENT: 'its folder does not exist',
      ENOTDIR: 'a part of the path is not a folder',
      EACCES: 'this user may not write there',
      EROFS: 'the file system is read-only',
      ENOSPC: 'the disk is full',
    };
    const why = reasons[(error as NodeJS.ErrnoException).code ?? ''];
    throw why === undefined ? error : fail('BK-CLI-OUT', { path, why }, { cause: error });
  }
}

function* rows(reader: C1zReader, names: Names): Iterable<string[]> {
  for (const type of names.typesWith(ResourceType_Trait.USER))
    for (const user of reader.resources({ resourceType: type.id })) {
      const { person, email } = account(user, idOf(user.id));
      yield ['Identity', ...person, accountFacts(user).status, email, ...Array.from<string>({ length: 6 }).fill('')];
    }
  for (const entitlement of reader.entitlements())
    yield ['Entitlement', '', '', '', '', '', ...what(names, entitlement.id, entitlement)];
  for (const grant of reader.grants()) {
    const id = grant.entitlement?.id ?? '';
    const holder = idOf(grant.principal?.id);
    const { person, email } = account(names.resource(holder), holder);
    yield ['Grant', ...person, '', email, ...what(names, id, names.entitlement(id))];
  }
}

/** Last name, first name and id from the profile. Somebody with none of these and no address is named by the own id. */
function account(found: Resource | undefined, id: Id): { person: string[]; email: string } {
  const trait = found === undefined ? undefined : findAny(found.annotations, UserTraitSchema);
  const profile = { ...found?.profile, ...trait?.profile };
  const person = ['last_name', 'first_name', 'user_id'].map((key) => {
    const value = profile[key];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  });
  const email = found === undefined ? '' : (accountFacts(found).email ?? '');
  if (email === '' && person[2] === '')
    person[2] = trait === undefined ? `${id.resourceType}:${id.resource}` : id.resource;
  return { person, email };
}

function what(names: Names, id: string, entitlement: Entitlement | undefined): string[] {
  const owner = idOf(entitlement?.resource?.id);
  return [
    names.entitlementName(id, entitlement),
    id,
    owner.resourceType,
    entitlement === undefined ? '' : names.resourceName(owner, names.sharedResource(owner)),
    entitlement?.description ?? '',
    entitlement?.slug ?? '',
  ];
}
