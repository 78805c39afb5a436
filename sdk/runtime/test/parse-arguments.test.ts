import { describe, expect, test } from 'vitest';
import { defaultFlags } from '../src/cli/default-flags.ts';
import type { Flag } from '../src/cli/flag.ts';
import { nearest } from '../src/cli/nearest.ts';
import { parseArguments } from '../src/cli/parse-arguments.ts';

const own: Flag[] = [
  { name: 'base-url', type: 'string', help: '' },
  { name: 'api-key', type: 'string', secret: true, help: '' },
  { name: 'page-size', type: 'int', help: '' },
  { name: 'only-active', type: 'bool', help: '' },
];
const parse = (...argv: string[]) => parseArguments('baton-test', argv, { defaults: defaultFlags, own });

describe('values', () => {
  const cases: [string[], string, unknown][] = [
    [['--base-url', 'x'], 'base-url', 'x'],
    [['--base-url=x=y'], 'base-url', 'x=y'],
    [['--base-url', '--not-a-flag'], 'base-url', '--not-a-flag'],
    [['--base-url', 'x', '--base-url', 'y'], 'base-url', 'y'],
    [['-f', 'a.c1z'], 'file', 'a.c1z'],
    [['-fa.c1z'], 'file', 'a.c1z'],
    [['-f=a.c1z'], 'file', 'a.c1z'],
    [['--page-size', '-1'], 'page-size', -1],
    [['--page-size', '0x10'], 'page-size', 16],
    [['--page-size', '0b11'], 'page-size', 3],
    [['--page-size', '010'], 'page-size', 8],
    [['--page-size', '1_000'], 'page-size', 1000],
    [['--only-active'], 'only-active', true],
    [['--only-active=0'], 'only-active', false],
    [['--log-path', 'a,"b,c"', '--log-path', 'd'], 'log-path', ['a', 'b,c', 'd']],
  ];
  test.each(cases)('%j', (argv, name, value) => {
    const parsed = parse(...argv);
    expect(parsed.problems).toEqual([]);
    expect(parsed.values.get(name)).toEqual(value);
  });
});

describe('what is refused', () => {
  const cases: [string[], string][] = [
    [['--nope'], 'BK-CLI-FLAG'],
    [['--nope=1'], 'BK-CLI-FLAG'],
    [['--page', '5'], 'BK-CLI-FLAG'],
    [['--Page-Size', '5'], 'BK-CLI-FLAG'],
    [['-pf', 'a.c1z'], 'BK-CLI-COMMAND'],
    [['-z'], 'BK-CLI-FLAG'],
    [['-pz'], 'BK-CLI-FLAG'],
    [['--base-url'], 'BK-CLI-VALUE'],
    [['-f'], 'BK-CLI-VALUE'],
    [['nope'], 'BK-CLI-COMMAND'],
    [['version'], 'BK-CLI-COMMAND'],
    [['--only-active', 'true'], 'BK-CLI-COMMAND'],
    [['--', 'nope'], 'BK-CLI-COMMAND'],
    [['--only-active=maybe'], 'BK-CONFIG-VALUE'],
    [['--page-size', 'ten'], 'BK-CONFIG-VALUE'],
    [['--page-size', '1.5'], 'BK-CONFIG-VALUE'],
    [['--page-size='], 'BK-CONFIG-VALUE'],
    [['--page-size', '99999999999999999999'], 'BK-CONFIG-VALUE'],
    [['--log-path', '"open'], 'BK-CONFIG-VALUE'],
    [['--log-path', 'a"b'], 'BK-CONFIG-VALUE'],
    [['--page-size', '08'], 'BK-CONFIG-VALUE'],
    [['--only-active=yes'], 'BK-CONFIG-VALUE'],
    [['completion', 'bash', 'extra'], 'BK-CLI-COMMAND'],
    [['config', '--base-url', 'x'], 'BK-CLI-FLAG'],
    [['--base-url', 'x', 'capabilities'], 'BK-CLI-FLAG'],
    [['config', '--version'], 'BK-CLI-FLAG'],
    [['--nope', '--help'], 'BK-CLI-FLAG'],
  ];
  test.each(cases)('%j', (argv, code) => {
    expect(parse(...argv).problems.map((problem) => [problem.code, problem.status])).toEqual([[code, 2]]);
  });

  test('every fault is named, not only the first', () => {
    expect(parse('--nope', '--page-size', 'ten', '--nah').problems).toHaveLength(3);
  });

  test('a secret that does not parse is not repeated', () => {
    const flag: Flag = { name: 'pin', type: 'int', secret: true, help: '' };
    const { problems } = parseArguments('x', ['--pin', 'hunter2'], { defaults: [], own: [flag] });
    expect(problems).toHaveLength(1);
    expect(JSON.stringify(problems[0]?.report)).not.toContain('hunter2');
  });
});

test('commands take default flags and pass over further words', () => {
  expect(parse('config', '--log-level', 'debug', 'extra')).toMatchObject({ command: { name: 'config' }, problems: [] });
  expect(parse('help', 'config')).toMatchObject({ command: { name: 'help' }, rest: ['config'] });
  expect(parse('completion', 'bash', '--no-descriptions')).toMatchObject({
    command: { name: 'completion bash' },
    problems: [],
  });
  expect(parse('_connector-service', '--base-url', 'x')).toMatchObject({
    command: { name: '_connector-service' },
    problems: [],
  });
});

test('what the command library swallows while it looks for the command', () => {
  // Observed: `--help` and `--version` are taken for flags with a value.
  expect(parse('--version', '--page-size', '5').problems.map(({ code }) => code)).toEqual(['BK-CLI-COMMAND']);
  expect(parse('--version', '--page-size=5')).toMatchObject({ version: true, problems: [] });
  expect(parse('--version', 'config')).toMatchObject({ version: true, problems: [] });
  expect(parse('--file', 'config', 'config')).toMatchObject({ command: { name: 'config' }, rest: [], problems: [] });
});

test('a near word is offered', () => {
  expect(nearest('capabilites', ['capabilities', 'config', 'help'])).toBe('capabilities');
  expect(nearest('base-ulr', ['base-url', 'api-key'])).toBe('base-url');
  expect(nearest('xyz', ['capabilities', 'config', 'help'])).toBeUndefined();
});
