import { describe, expect, test } from 'vitest';
import { runHere } from './run-here.ts';

describe('without any configuration', () => {
  test('--version', async () => {
    expect(await runHere(['--version'])).toEqual({
      code: 0,
      signal: null,
      stdout: 'baton-fixture version 1.2.3\n',
      stderr: '',
    });
  });

  test('config: the default fields, then the own ones', async () => {
    const { code, stdout, stderr } = await runHere(['config']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const printed = JSON.parse(stdout) as { fields: { name: string }[] };
    expect(printed.fields.map(({ name }) => name).slice(0, 2)).toEqual(['log-level', 'log-level-debug-expires-at']);
    expect(printed.fields.slice(-4)).toEqual([
      {
        name: 'base-url',
        displayName: 'Base URL',
        description: 'Where it is',
        isRequired: true,
        stringField: { rules: { isRequired: true } },
      },
      {
        name: 'api-key',
        displayName: 'API key',
        description: 'The key',
        isRequired: true,
        isSecret: true,
        stringField: { rules: { isRequired: true } },
      },
      {
        name: 'users',
        displayName: 'Users',
        description: 'How many',
        intField: { defaultValue: '25', rules: { gte: '1', lte: '5000' } },
      },
      { name: 'behaviour', displayName: 'Behaviour', description: 'What goes wrong', isOps: true, stringField: {} },
    ]);
    expect(stdout.endsWith('}')).toBe(true);
  });

  test('capabilities: types sorted by id', async () => {
    const { code, stdout } = await runHere(['capabilities']);
    expect(code).toBe(0);
    const type = (id: string, displayName: string, trait: string, annotations?: unknown) => ({
      resourceType: { id, displayName, traits: [trait], ...(annotations === undefined ? {} : { annotations }) },
      capabilities: ['CAPABILITY_SYNC'],
      permissions: {},
    });
    expect(JSON.parse(stdout)).toEqual({
      '@type': 'type.googleapis.com/c1.connector.v2.ConnectorCapabilities',
      resourceTypeCapabilities: [
        type('role', 'Role', 'TRAIT_ROLE'),
        type('user', 'User', 'TRAIT_USER', [
          { '@type': 'type.googleapis.com/c1.connector.v2.SkipEntitlementsAndGrants' },
        ]),
      ],
      connectorCapabilities: ['CAPABILITY_SYNC'],
      credentialDetails: {},
    });
    expect(stdout).toMatch(/^\{\n {2}"@type": /);
    expect(stdout.endsWith('}')).toBe(true);
  });

  test('help goes to standard output, in every way of asking', async () => {
    const [byFlag, byWord, short] = await Promise.all(['--help', 'help', '-h'].map((word) => runHere([word])));
    expect(byFlag).toMatchObject({ code: 0, stderr: '' });
    expect(byWord).toEqual(byFlag);
    expect(short).toEqual(byFlag);
  });

  test('help about nothing goes to standard error', async () => {
    const { code, stdout, stderr } = await runHere(['help', 'nope']);
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toContain('Available Commands:');
  });

  test('what a connector that only reads is asked to do ends as a genuine one ends', async () => {
    const key = { BATON_BASE_URL: 'x', BATON_API_KEY: 'k' };
    const ends = async (...argv: string[]) => (await runHere(argv, key)).code;
    expect(await ends('--delete-resource', 'x')).toBe(12);
    expect(await ends('--event-feed', 'true')).toBe(5);
    expect(await ends('--list-action-schemas')).toBe(0);
    expect((await runHere(['--delete-resource', 'x'])).code).toBe(2);
  });
});
