import { readdir } from 'node:fs/promises';
import { fromJsonString } from '@bufbuild/protobuf';
import { config, ConnectorCapabilitiesSchema, registry } from '@batonkit/protocol';
import { checkService } from './check-service.ts';
import { compareExpected, problemsOf, readContent, type Content } from './content.ts';
import { Finding } from './finding.ts';
import { findSecret } from './find-secret.ts';
import type { Description } from './read-description.ts';
import type { Launcher, Run } from './run-program.ts';
import type { Proxy, Trouble } from './start-proxy.ts';

/** What all checks of a program work with. */
export interface Subject {
  description: Description;
  launcher: Launcher;
  env: Record<string, string>;
  proxy: Proxy | undefined;
  signal: AbortSignal;
  sleep: (milliseconds: number) => Promise<void>;
  /** What the first whole sync said; the measure of all others. */
  whole?: { content: Content; requests: number; ms: number };
  /** Its ids were seen to change: others are compared by counts, so that one fault is told once. */
  idsChange: boolean;
}

/** A check returns what it saw, or throws a finding. */
export type Check = (subject: Subject) => Promise<string>;

const lastLine = (text: string): string => text.trim().split('\n').at(-1)?.slice(0, 300) ?? '';
const endOf = ({ code, killedFor = 'a signal', stderr }: Run): string =>
  `${code === null ? killedFor : `exit ${code}`}: ${lastLine(stderr)}`;
const same = ({ whole, idsChange }: Subject, content: Content): boolean =>
  idsChange ? content.counts === whole?.content.counts : content.digest === whole?.content.digest;

function need(subject: Subject): NonNullable<Subject['whole']> {
  if (subject.whole === undefined) throw new Finding('there was no whole sync to compare with');
  return subject.whole;
}

/** A sync that has to succeed. */
async function sync(
  subject: Subject,
  env: Record<string, string> = {},
  again?: string,
): Promise<Content & { run: Run }> {
  const run = await subject.launcher.run({ ...subject.env, ...env }, [], again);
  if (run.code !== 0) throw new Finding(`a sync ended with ${endOf(run)}`);
  const verdict = await readContent(run.file, subject.signal);
  if (verdict === undefined) throw new Finding('exit 0, and there is no file');
  const [problem] = problemsOf(verdict);
  if (problem !== undefined || verdict.content === undefined) throw new Finding(`the file: ${problem}`);
  return { ...verdict.content, run };
}

async function json(subject: Subject, command: string): Promise<string> {
  const run = await subject.launcher.run({}, [command]);
  if (run.code !== 0) throw new Finding(`${command} without any configuration ends with ${endOf(run)}`);
  return run.stdout;
}

function parse<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new Finding(`it is no ${what}: ${(error as Error).message.slice(0, 200)}`);
  }
}

const configurationJson: Check = async (subject) => {
  const text = await json(subject, 'config');
  const { fields } = parse('c1.config.v1.Configuration', () => fromJsonString(config.ConfigurationSchema, text));
  const names = fields.map(({ name }) => name);
  if (names.some((name) => name === '')) throw new Finding('a field has no name');
  if (new Set(names).size < names.length) throw new Finding('two fields have the same name');
  const secrets = subject.description.secrets.map((name) =>
    name
      .replace(/^BATON_/, '')
      .toLowerCase()
      .replaceAll('_', '-'),
  );
  const absent = secrets.find((name) => !names.includes(name));
  if (absent !== undefined) throw new Finding(`the credential ${absent} is no field`);
  const open = fields.find(
    ({ name, isSecret, field }) =>
      !isSecret &&
      (secrets.includes(name) || (field.case === 'stringField' && /(^|-)(password|secret|token|api-key)$/.test(name))),
  );
  if (open !== undefined) throw new Finding(`${open.name} is a credential and not marked isSecret`);
  const untitled = fields.find(({ isRequired, displayName }) => isRequired && displayName === '');
  if (untitled !== undefined) throw new Finding(`the required field ${untitled.name} has no display name`);
  const { code } = await subject.launcher.run({});
  const required = fields.some(({ isRequired }) => isRequired);
  if (required && code === 0) throw new Finding('a run without the required fields ends with 0');
  return `${fields.length} fields`;
};

const capabilitiesJson: Check = async (subject) => {
  const text = await json(subject, 'capabilities');
  const { resourceTypeCapabilities } = parse('c1.connector.v2.ConnectorCapabilities', () =>
    // Genuine connectors print the message packed, with its type beside its fields.
    fromJsonString(
      ConnectorCapabilitiesSchema,
      JSON.stringify({ ...(JSON.parse(text) as object), '@type': undefined }),
      {
        registry,
      },
    ),
  );
  const types = resourceTypeCapabilities.map(({ resourceType }) => resourceType?.id ?? '');
  if (types.length === 0 || types.includes('')) throw new Finding('it names no resource type, or one without id');
  if (types.join('\n') !== [...new Set(types)].sort().join('\n'))
    throw new Finding(`${types.join(', ')}: not in order`);
  return types.join(', ');
};

const fullSync: Check = async (subject) => {
  subject.proxy?.reset();
  const { run, ...content } = await sync(subject);
  subject.whole = { content, requests: subject.proxy?.requests ?? 0, ms: run.ms };
  if (content.resources === 0) throw new Finding('the file is whole and empty');
  const { expect } = subject.description;
  if (expect === undefined) throw new Finding('the YAML file says nothing under expect');
  const wrong = compareExpected(content, expect);
  if (wrong.length > 0) throw new Finding(wrong.join('; '));
  return content.summary;
};

const idStability: Check = async (subject) => {
  const { content } = need(subject);
  const second = await sync(subject);
  subject.idsChange = JSON.stringify(second.ids) !== JSON.stringify(content.ids);
  if (subject.idsChange) throw new Finding('two syncs of the same source have different ids');
  if (!same(subject, second)) throw new Finding('two syncs of the same source have different content');
  return 'two syncs, the same content';
};

const pageSizes: Check = async (subject) => {
  need(subject);
  const { pageSizes: sizes } = subject.description;
  if (sizes.length === 0) throw new Finding('the YAML file names no pageSizes');
  for (const size of sizes) {
    const content = await sync(subject, { BATON_PAGE_SIZE: String(size) });
    if (!same(subject, content)) throw new Finding(`with pages of ${size}: ${content.summary}, another content`);
  }
  return sizes.join(', ');
};

const errorsAtEveryCall: Check = async (subject) => {
  const { requests } = need(subject);
  const { proxy, description } = subject;
  if (proxy === undefined || requests === 0) throw new Finding('no request came through the proxy');
  const { positions } = description;
  const at = Array.from(
    { length: positions },
    (_, k) => 1 + Math.round((k * (requests - 1)) / Math.max(1, positions - 1)),
  );
  const counts = { whole: 0, refused: 0 };
  for (const n of new Set(at))
    for (const trouble of [500, 403, 404, 'cut'] satisfies Trouble[]) {
      proxy.reset();
      // A right that is missing stays missing; what programs try again is there once.
      proxy.at = { n, do: trouble, lasting: trouble === 403 || trouble === 404 };
      const run = await subject.launcher.run(subject.env);
      proxy.reset();
      const verdict = await readContent(run.file, subject.signal);
      const where = `${trouble} at request ${n}`;
      if (verdict !== undefined && (verdict.content === undefined || !same(subject, verdict.content)))
        throw new Finding(`${where}: a file that differs from the whole (${verdict.content?.summary ?? 'damaged'})`);
      if (run.code === 0 && verdict === undefined) throw new Finding(`${where}: exit 0 without a file`);
      if (run.code === null) throw new Finding(`${where}: ${endOf(run)}`);
      counts[run.code === 0 ? 'whole' : 'refused'] += 1;
    }
  return `${requests} requests; ${counts.refused} refused, ${counts.whole} whole`;
};

/** A run that is killed at this part of its way, and whether it was still there. */
async function killed(subject: Subject, part: number): Promise<Run> {
  const { requests, ms } = need(subject);
  const { proxy } = subject;
  const running = await subject.launcher.start({ ...subject.env, BATON_LOG_LEVEL: 'debug' });
  if (proxy !== undefined) {
    proxy.reset();
    proxy.at = { n: Math.max(1, Math.ceil(requests * part)), do: () => running.kill('SIGKILL'), lasting: false };
  } else void subject.sleep(ms * part).then(() => running.kill('SIGKILL'));
  const run = await running.ended;
  proxy?.reset();
  return run;
}

const resume: Check = async (subject) => {
  let hits = 0;
  for (const part of [0.6, 1]) {
    const run = await killed(subject, part);
    if (run.code === null) hits += 1;
    const left = await readContent(run.file, subject.signal);
    if (left !== undefined && (left.content === undefined || !same(subject, left.content)))
      throw new Finding('a killed run left a file that is not the whole');
    const content = await sync(subject, {}, run.folder);
    if (!same(subject, content)) throw new Finding(`after a kill: ${content.summary}, another content`);
  }
  if (hits === 0) throw new Finding('every run was over before it could be killed');
  return `${hits} of 2 runs were killed, the next ones said the same`;
};

const secrecy: Check = async (subject) => {
  const { secrets, files } = subject.description;
  if (secrets.length === 0) throw new Finding('the YAML file names no secrets');
  const canary = 'canary+/4f9a17c2d8e6b350=&key';
  const wrong = Object.fromEntries(secrets.map((name) => [name, canary]));
  const debug = { ...subject.env, BATON_LOG_LEVEL: 'debug' };
  const runs: [string, Run, Record<string, string>][] = [
    ['a sync', await subject.launcher.run(debug), debug],
    ['a killed sync', await killed(subject, 0.6), debug],
    ['a sync with a wrong credential', await subject.launcher.run({ ...debug, ...wrong }), wrong],
  ];
  for (const [what, { stdout, stderr, folder }, env] of runs)
    for (const name of secrets) {
      const texts = { 'standard output': stdout, 'standard error': stderr };
      const found = await findSecret(env[name] ?? '', texts, folder, Object.keys(files));
      if (found.length > 0) throw new Finding(`${what}: ${name} stands in ${found.join(', ')}`);
    }
  const left = await readdir(`${runs[0]?.[1].folder}/tmp`);
  if (left.length > 0) throw new Finding(`a sync leaves ${left.join(', ')} in the temporary folder`);
  return `${secrets.join(', ')} nowhere in three runs`;
};

const serviceMode: Check = async (subject) => {
  need(subject);
  const { seconds, kind } = subject.description;
  const service = { seconds, isForeign: kind === 'foreign' };
  const { path, seen, end } = await checkService(subject.launcher, subject.env, service);
  try {
    const verdict = await readContent(path, subject.signal);
    if (verdict?.content === undefined || !same(subject, verdict.content))
      throw new Finding('the uploaded file has another content than the whole sync');
  } finally {
    await end();
  }
  return seen;
};

export const PROGRAM_CHECKS: Readonly<Record<string, Check>> = {
  'configuration-json': configurationJson,
  'capabilities-json': capabilitiesJson,
  'full-sync': fullSync,
  'id-stability': idStability,
  'page-sizes': pageSizes,
  'errors-at-every-call': errorsAtEveryCall,
  resume,
  secrecy,
  'service-mode': serviceMode,
};
