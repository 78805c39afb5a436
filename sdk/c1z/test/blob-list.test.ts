import { create, toBinary } from '@bufbuild/protobuf';
import { encoderOf, GrantSchema } from '@batonkit/protocol';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { BlobList } from '../src/blob-list.ts';

it('keeps the bytes of each message when it grows', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.nat(300), fc.nat(40_000)), { maxLength: 30 }), (lengths) => {
      const grants = lengths.map((length, index) =>
        create(GrantSchema, { id: 'i'.repeat(length), principal: { id: { resource: `${index}` } } }),
      );
      const list = new BlobList();
      for (const grant of grants) {
        encoderOf(GrantSchema)(list, grant);
        list.end();
      }
      const { bytes, ends } = list.take();
      const blobs = Array.from(ends, (end, index) => bytes.subarray(index === 0 ? 0 : ends[index - 1], end));
      const hex = (blob: Uint8Array): string => Buffer.from(blob).toString('hex');
      expect(blobs.map(hex)).toEqual(grants.map((grant) => hex(toBinary(GrantSchema, grant))));
    }),
  );
});
