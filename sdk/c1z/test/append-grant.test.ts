import { create, toBinary } from '@bufbuild/protobuf';
import { EntitlementSchema, GrantSchema, ResourceIdSchema, ResourceSchema } from '@batonkit/protocol';
import type { Grant } from '@batonkit/protocol';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { appendGrant } from '../src/append-grant.ts';
import { BlobList } from '../src/blob-list.ts';

const text = fc.oneof(
  fc.string({ maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc.string({ unit: 'binary', maxLength: 50 }),
  fc.constantFrom('', 'a'.repeat(127), 'a'.repeat(128), 'ö'.repeat(64), 'x'.repeat(20_000), '\ud800'),
);
const id = fc.record({ resourceType: text, resource: text });
const resource = fc.record({ id: fc.option(id, { nil: undefined }) }, { noNullPrototype: true });
const grants = fc
  .record({
    id: text,
    entitlement: fc.record({ id: text, resource: fc.option(resource, { nil: undefined }) }),
    principal: resource,
    annotations: fc.array(fc.record({ typeUrl: text, value: fc.uint8Array({ maxLength: 300 }) }), { maxLength: 3 }),
  })
  .map((init) => create(GrantSchema, init as object));

const split = (list: BlobList): Uint8Array[] => {
  const { bytes, ends } = list.take();
  return Array.from(ends, (end, index) => bytes.subarray(index === 0 ? 0 : ends[index - 1], end));
};

describe('a grant of the plain form', () => {
  it('has the bytes of the generated code', () => {
    fc.assert(
      fc.property(fc.array(grants, { maxLength: 5 }), (all) => {
        const list = new BlobList();
        for (const grant of all) expect(appendGrant(list, grant)).toBe(true);
        const expected = all.map((grant) => Buffer.from(toBinary(GrantSchema, grant)).toString('hex'));
        expect(split(list).map((blob) => Buffer.from(blob).toString('hex'))).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it('keeps its bytes when the list grows', () => {
    const list = new BlobList();
    const grant = create(GrantSchema, {
      id: 'i',
      entitlement: { id: 'e'.repeat(500) },
      principal: { id: { resource: 'p' } },
    });
    for (let count = 0; count < 1000; count += 1) appendGrant(list, grant);
    const blobs = split(list);
    expect(blobs).toHaveLength(1000);
    const expected = Buffer.from(toBinary(GrantSchema, grant));
    expect(blobs.every((blob) => expected.equals(blob))).toBe(true);
  });
});

describe('a grant of another form', () => {
  const plain = { id: 'i', entitlement: { id: 'e', resource: {} }, principal: {} };
  // Every field that the plain form does not have; a new one of these messages must be looked at here.
  const written: Record<string, string[]> = {
    Grant: ['entitlement', 'principal', 'id', 'annotations'],
    Entitlement: ['resource', 'id'],
    Resource: ['id'],
    ResourceId: ['resourceType', 'resource'],
  };
  const filled: Record<string, unknown> = {
    batonResource: true,
    creationSource: 1,
    purpose: 1,
    annotations: [{ typeUrl: 'x' }],
    grantableTo: [{ id: 'user' }],
    displayName: 'x',
    description: 'x',
    slug: 'x',
    sources: {},
    parentResourceId: {},
    externalId: {},
    profile: {},
    icon: {},
    status: {},
    createdAt: {},
  };
  const place: Record<string, (fields: object) => object> = {
    Grant: (fields) => ({ ...plain, ...fields }),
    Entitlement: (fields) => ({ ...plain, entitlement: { id: 'e', ...fields } }),
    Resource: (fields) => ({ ...plain, principal: fields }),
    ResourceId: (fields) => ({ ...plain, entitlement: { id: 'e', resource: { id: fields } } }),
  };
  const others = [GrantSchema, EntitlementSchema, ResourceSchema, ResourceIdSchema].flatMap(({ name, fields }) =>
    fields
      .filter(({ localName }) => !written[name]?.includes(localName))
      .map(({ localName }) => [name, localName] as const),
  );

  it.each(others)('is left to the generated code: %s.%s', (name, field) => {
    expect(filled).toHaveProperty(field);
    const list = new BlobList();
    expect(appendGrant(list, create(GrantSchema, place[name]!({ [field]: filled[field] })))).toBe(false);
    expect(split(list)).toEqual([]);
  });

  it('is left to it with unknown fields, or without entitlement or principal', () => {
    const grant: Grant = create(GrantSchema, plain);
    grant.$unknown = [{ no: 99, wireType: 0, data: Uint8Array.of(1) }];
    for (const one of [grant, create(GrantSchema, { id: 'i', entitlement: {} }), create(GrantSchema, { id: 'x' })])
      expect(appendGrant(new BlobList(), one)).toBe(false);
  });
});
