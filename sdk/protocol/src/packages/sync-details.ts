// c1.c1z.v1: which sync run is meant, and the difference of two.
export * from '../gen/c1/c1z/v1/annotation_sync_details_pb.ts';
export * from '../gen/c1/c1z/v1/diff_pb.ts';
