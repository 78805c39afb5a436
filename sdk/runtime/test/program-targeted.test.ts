import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openC1z } from '@batonkit/c1z';
import { parseCertificate } from '@batonkit/certificate';
import { expect, test } from 'vitest';
import { ProgramFolder, key, url } from './program-folder.ts';
import { runHere } from './run-here.ts';

const folder = new ProgramFolder();
const given = () => ({ BATON_BASE_URL: url, BATON_API_KEY: key, BATON_FILE: join(folder.path, 'sync.c1z') });

async function holds() {
  await using reader = await openC1z(join(folder.path, 'sync.c1z'));
  return {
    type: reader.sync?.type,
    resources: [...reader.resources()].map(({ id }) => `${id?.resourceType}:${id?.resource}`),
    entitlements: [...reader.entitlements()].map(({ id }) => id),
    holders: [...reader.grants()].map((grant) => grant.principal?.id?.resource ?? '').toSorted(),
  };
}

test('one resource: the file and its certificate say that they are of it alone', async () => {
  const ended = await runHere(['--sync-resources', 'bid:r:role/admin'], given());
  expect(ended).toMatchObject({ code: 0, stdout: '' });
  expect(await holds()).toEqual({
    type: 'partial',
    resources: ['role:admin'],
    entitlements: ['role:admin:assigned'],
    holders: ['user-0', 'user-10', 'user-20'],
  });
  const certificate = parseCertificate(readFileSync(join(folder.path, 'sync.c1z.cert.json'), 'utf8'));
  expect(certificate).toMatchObject({
    verdict: 'narrowed',
    scope: { types: [], skip: [], resources: ['bid:r:role/admin'] },
  });
});

test('--skip-grants leaves out the holders of single resources', async () => {
  const args = ['--sync-resources', 'bid:r:role/admin', '--sync-resources', 'bid:r:user/user-1', '--skip-grants'];
  expect(await runHere(args, given())).toMatchObject({ code: 0 });
  expect(await holds()).toMatchObject({
    type: 'partial',
    resources: expect.arrayContaining(['role:admin', 'user:user-1']),
    entitlements: ['role:admin:assigned'],
    holders: [],
  });
});

test('one that is not there is a warning, and no name of it is logged', async () => {
  const ended = await runHere(['--sync-resources', 'bid:r:user/nobody'], given());
  expect(ended.code).toBe(0);
  expect(ended.stderr).toContain('resource skipped');
  expect(ended.stderr).not.toContain('nobody');
  expect(await holds()).toMatchObject({ type: 'partial', resources: [] });
});

test('one of a type that the connector does not have is an error', async () => {
  const ended = await runHere(['--sync-resources', 'bid:r:team/x'], given());
  expect(ended).toMatchObject({ code: 2 });
  expect(ended.stderr).toContain('BK-SYNC-SCOPE');
});
