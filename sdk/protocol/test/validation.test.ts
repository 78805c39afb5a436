import { readFileSync } from 'node:fs';
import { create } from '@bufbuild/protobuf';
import type { DescMessage } from '@bufbuild/protobuf';
import { DurationSchema } from '@bufbuild/protobuf/wkt';
import { describe, expect, it } from 'vitest';
import { completeRegistry } from '../src/complete.ts';
import { connectorRules } from '../src/validation/connector-rules.ts';
import { connectorapiRules } from '../src/validation/connectorapi-rules.ts';
import { otherRules } from '../src/validation/other-rules.ts';
import { validate } from '../src/validation/validate.ts';

type Row = [number: number, name: string, type: string, words: string, rules?: string];
const { packages } = JSON.parse(
  readFileSync(new URL('../../../tests/fixtures/protocol/messages.json', import.meta.url), 'utf8'),
) as { packages: Record<string, { messages: Record<string, { fields: Row[]; requiredOneofs?: string[] }> }> };

/** Reads rules in their text form: `string:{min_len:1 in:"a" in:"b"}`; a name that comes twice is a list. */
function parseRules(text: string): Record<string, unknown> {
  const tokens = [...text.matchAll(/"((?:[^"\\]|\\.)*)"|([\w-]+)|([:{}])/g)];
  let at = 0;
  const object = (): Record<string, unknown> => {
    const found: Record<string, unknown> = {};
    while (at < tokens.length && tokens[at]?.[3] !== '}') {
      const name = (tokens[at]?.[2] ?? '').replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
      at += 2;
      let value: unknown;
      if (tokens[at]?.[3] === '{') {
        at += 1;
        value = object();
      } else {
        const [whole = '', quoted, word] = tokens[at] ?? [];
        value =
          quoted === undefined ? (word === 'true' ? true : word === 'false' ? false : Number(word)) : JSON.parse(whole);
      }
      at += 1;
      found[name] = name === 'in' ? [...((found[name] as unknown[] | undefined) ?? []), value] : value;
    }
    return found;
  };
  return object();
}

/** The form in which the rules are data of ours. */
function ourForm(rules: Record<string, unknown>): unknown {
  if (rules['message'] !== undefined)
    return (rules['message'] as { required: boolean }).required ? { required: true } : undefined;
  if (rules['duration'] === undefined) return rules;
  const bounds = Object.entries(rules['duration'] as Record<string, { seconds?: number }>);
  return { duration: Object.fromEntries(bounds.map(([name, { seconds }]) => [name, seconds ?? 0])) };
}

it('every limit of every message is there, and no other', () => {
  const theirs = Object.values(packages).flatMap(({ messages }) =>
    Object.entries(messages).map(([name, { fields, requiredOneofs }]) => {
      const limited = fields.flatMap(([, field, , , text]) => {
        const rule = text === undefined ? undefined : ourForm(parseRules(text));
        return rule === undefined ? [] : [[field, rule] as const];
      });
      return [
        name,
        {
          ...(limited.length === 0 ? {} : { fields: Object.fromEntries(limited) }),
          ...(requiredOneofs === undefined ? {} : { oneofs: requiredOneofs }),
        },
      ] as const;
    }),
  );
  const limited = theirs.filter(([, rules]) => Object.keys(rules).length > 0);
  expect(limited.length).toBeGreaterThan(90);
  expect({ ...connectorRules, ...connectorapiRules, ...otherRules }).toEqual(Object.fromEntries(limited));
});

describe('an empty request, as a genuine connector took it', () => {
  const requests = JSON.parse(
    readFileSync(new URL('../../../tests/fixtures/protocol/empty-requests.json', import.meta.url), 'utf8'),
  ) as [path: string, input: string, verdict: string | null][];

  it.each(requests)('%s', (_path, input, verdict) => {
    const schema = completeRegistry.getMessage(input) as DescMessage;
    expect(validate(schema, create(schema)) ?? null).toBe(verdict);
  });
});

describe('verdicts', () => {
  const C = 'c1.connector.v2.';
  const B = 'c1.connectorapi.baton.v1.';
  const judge = (type: string, init: Record<string, unknown>): string | undefined => {
    const schema = completeRegistry.getMessage(type) as DescMessage;
    return validate(schema, create(schema, init));
  };
  const task = 'a'.repeat(27);

  it.each<[string, string, Record<string, unknown>, string | undefined]>([
    ['a page of 250', `${C}ResourcesServiceListResourcesRequest`, { resourceTypeId: 'user', pageSize: 250 }, undefined],
    [
      'a page of 251',
      `${C}ResourcesServiceListResourcesRequest`,
      { resourceTypeId: 'user', pageSize: 251 },
      'invalid ResourcesServiceListResourcesRequest.PageSize: value must be less than or equal to 250',
    ],
    [
      'no subject',
      `${C}GrantsServiceListGrantsRequest`,
      {},
      'invalid GrantsServiceListGrantsRequest.Resource: value is required',
    ],
    [
      'a text of too many bytes, though not of characters',
      `${C}Resource`,
      { id: { resourceType: 'user', resource: 'é'.repeat(513) } },
      'invalid Resource.Id: embedded message failed validation | caused by: ' +
        'invalid ResourceId.Resource: value length must be between 1 and 1024 bytes, inclusive',
    ],
    [
      'a trait twice',
      `${C}ResourceType`,
      { id: 'user', traits: [1, 1] },
      'invalid ResourceType.Traits: repeated value must contain unique items',
    ],
    [
      'an e-mail address without a host',
      `${C}UserTrait`,
      { emails: [{ address: 'a@b.example' }, { address: 'nobody' }] },
      'invalid UserTrait.Emails[1]: embedded message failed validation | caused by: ' +
        'invalid UserTrait_Email.Address: value must be a valid email address',
    ],
    ['an address with a name before it', `${C}UserTrait`, { emails: [{ address: 'A B <a@b.example>' }] }, undefined],
    ['a link', `${C}ExternalLink`, { url: 'https://a.example/x?y=1' }, undefined],
    ['no link', `${C}ExternalLink`, {}, undefined],
    [
      'a link that is not of the web',
      `${C}ExternalLink`,
      { url: 'ftp://a.example' },
      'invalid ExternalLink.Url: value does not have prefix "https://"',
    ],
    [
      'a link with a space',
      `${C}ExternalLink`,
      { url: 'https://a b.example' },
      'invalid ExternalLink.Url: value must be a valid URI',
    ],
    [
      'a wait of more than a day',
      `${C}InvokeActionRequest`,
      { name: 'x', inlineWait: create(DurationSchema, { seconds: 86_401n }) },
      'invalid InvokeActionRequest.InlineWait: value must be inside range [0s, 24h0m0s]',
    ],
    [
      'an unknown engine, in a oneof',
      `${B}Task`,
      { taskType: { case: 'syncFull', value: { storageEngine: 'other' } } },
      'invalid Task.SyncFull: embedded message failed validation | caused by: ' +
        'invalid Task_SyncFullTask.StorageEngine: value must be in list [pebble sqlite]',
    ],
    [
      'an upload of nothing',
      `${B}BatonServiceUploadAssetRequest`,
      {},
      'invalid BatonServiceUploadAssetRequest.Msg: value is required',
    ],
    [
      'a checksum of another length',
      `${B}BatonServiceUploadAssetRequest.UploadEOF`,
      { sha256Checksum: new Uint8Array(31) },
      'invalid BatonServiceUploadAssetRequest_UploadEOF.Sha256Checksum: value length must be 32 bytes',
    ],
    [
      'a task id that is none',
      `${B}BatonServiceHeartbeatRequest`,
      { hostId: 'h', taskId: 'x' },
      'invalid BatonServiceHeartbeatRequest.TaskId: value does not match regex pattern "^[a-zA-Z0-9]{27}$"',
    ],
    [
      'too many annotations',
      `${B}BatonServiceHeartbeatRequest`,
      { hostId: 'h', taskId: task, annotations: Array.from({ length: 17 }, () => ({ typeUrl: 'x' })) },
      'invalid BatonServiceHeartbeatRequest.Annotations: value must contain no more than 16 item(s)',
    ],
    [
      'no tasks asked for',
      `${B}BatonServiceGetTasksRequest`,
      { hostId: 'h' },
      'invalid BatonServiceGetTasksRequest.PageSize: value must be inside range (0, 100]',
    ],
    [
      'nothing to set',
      `${B}SetManyRequest`,
      { syncId: task },
      'invalid SetManyRequest.Values: value must contain between 1 and 100 pairs, inclusive',
    ],
    [
      'a key that is empty: the text does not say which',
      `${B}SetManyRequest`,
      { syncId: task, values: { '': new Uint8Array(1) } },
      'invalid SetManyRequest.Values[…]: value length must be between 1 and 512 runes, inclusive',
    ],
  ])('%s', (_name, type, init, verdict) => {
    expect(judge(type, init)).toBe(verdict);
  });
});
