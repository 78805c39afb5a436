import { expect, test } from 'vitest';
import { plantedClients, runPlanted } from '../../tools/prove/replicas/planted-clients.ts';
import { runReplicas } from '../../tools/prove/replicas/run-replicas.ts';

// A sample of `npm run prove -- replicas`; npm test prints the seed.
const seed = Number(process.env['BATONKIT_SEED'] ?? 1);

test('three replicas do twelve tasks once each, though they are killed', { timeout: 300_000 }, async () => {
  const verdict = await runReplicas({ seed, tasks: 12, kills: 3, limitMs: 200_000 });
  expect(verdict.problems).toEqual([]);
  expect(Object.values(verdict.kills).reduce((sum, n) => sum + n, 0)).toBeGreaterThan(0);
  expect(verdict.calls['FinishTask']).toBeGreaterThanOrEqual(12);
});

const seen: Record<string, RegExp | undefined> = {
  none: undefined,
  'finishes twice': /finished twice/,
  'uploads nothing': /success without a file/,
  'uploads another tenant': /are not those of the tenant/,
  'prints its key': /holds secret/,
};

test.each(plantedClients)('a client with this mistake is seen: %s', { timeout: 60_000 }, async (mistake) => {
  const { problems } = await runPlanted(mistake);
  const sign = seen[mistake];
  if (sign === undefined) expect(problems).toEqual([]);
  else expect(problems.join('\n')).toMatch(sign);
});
