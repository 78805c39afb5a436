import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { runlayer } from '../src/index.ts';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
const page = read('../docs/connector.mdx');
const blocks = [...page.matchAll(/```yaml\n([^]*?)\n {8}```/g)].map(([, text = '']) => text.replaceAll(/^ {8}/gm, ''));
const [secret, deployment] = blocks.map((text) => parse(text) as Record<string, never>);
const container = deployment?.['spec']?.['template']?.['spec']?.['containers']?.[0] as unknown as {
  command: string[];
  envFrom: { secretRef: { name: string } }[];
  env: { name: string; value?: string; valueFrom?: unknown }[];
  securityContext: { readOnlyRootFilesystem: boolean };
  volumeMounts: { name: string; mountPath: string }[];
} & Record<'startupProbe' | 'livenessProbe' | 'readinessProbe', { exec: { command: string[] } }>;

test('the page has the parts of the ecosystem in their order', () => {
  const keys = [...page.slice(4, page.indexOf('\n---', 4)).matchAll(/^([^:\n]+(?::title|:description)?): /gm)];
  expect(keys.map(([, key]) => key)).toEqual(['title', 'og:title', 'description', 'og:description', 'sidebarTitle']);
  expect([...page.matchAll(/^## .*$/gm)].map(([heading]) => heading)).toEqual([
    '## Capabilities',
    '## Gather Runlayer credentials',
    '## Configure the Runlayer connector',
  ]);
  expect([...page.matchAll(/<Tab title="([^"]+)">/g)].map(([, title]) => title)).toEqual([
    'Cloud-hosted',
    'Self-hosted',
  ]);
  expect(page.match(/\*\*Done\.\*\*/g)).toHaveLength(2);
});

test('it names every button and field that the page of C1 names, and the resource types that there are', () => {
  const { steps } = JSON.parse(read('../../../tests/fixtures/seed-steps.json')) as { steps: string[] };
  for (const [label] of steps.join(' ').matchAll(/\*\*[^*]+\*\*/g)) expect(page).toContain(label);
  const rows = [...page.matchAll(/^\| (\w+) +\| <Icon/gm)].map(([, name = '']) => name);
  expect(rows.toSorted()).toEqual(runlayer.resourceTypes.map(({ displayName }) => `${displayName}s`).toSorted());
});

test('the secret holds all that is required, and the deployment takes it from there', () => {
  const given = Object.keys(secret?.['stringData'] ?? {});
  const required = Object.entries(runlayer.config.fields)
    .filter(([, field]) => 'required' in field && field.required)
    .map(([name]) => `BATON_${name.toUpperCase().replaceAll('-', '_')}`);
  expect(given.toSorted()).toEqual(['BATON_CLIENT_ID', 'BATON_CLIENT_SECRET', ...required].toSorted());
  expect(container.envFrom).toEqual([{ secretRef: { name: secret?.['metadata']?.['name'] } }]);
});

test('the container is the program, writes below /tmp alone, has a host id, and asks itself how it is', () => {
  expect(container.command).toEqual([runlayer.name]);
  expect(container.securityContext.readOnlyRootFilesystem).toBe(true);
  expect(container.volumeMounts).toEqual([{ name: 'tmp', mountPath: '/tmp' }]);
  expect(deployment?.['spec']?.['template']?.['spec']?.['volumes']).toMatchObject([{ name: 'tmp', emptyDir: {} }]);
  const env = new Map(container.env.map((one) => [one.name, one.value ?? one.valueFrom]));
  expect(env.get('BATON_HOST_ID')).toEqual({ fieldRef: { fieldPath: 'metadata.name' } });
  expect(env.get('BATON_HEALTH_CHECK')).toBe('true');
  for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe'] as const)
    expect(container[probe].exec.command.slice(0, 2)).toEqual([runlayer.name, 'health-check']);
});
