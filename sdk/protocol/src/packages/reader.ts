// c1.reader.v2, and c1.c1z.v1 on its requests.
export * from '../gen/c1/reader/v2/entitlement_pb.ts';
export * from '../gen/c1/reader/v2/grant_pb.ts';
export * from '../gen/c1/reader/v2/resource_pb.ts';
export * from '../gen/c1/reader/v2/sync_pb.ts';
