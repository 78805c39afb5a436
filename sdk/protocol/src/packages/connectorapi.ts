// c1.connectorapi.baton.v1: between a connector and its hub.
export * from '../gen/c1/connectorapi/baton/v1/baton_pb.ts';
export * from '../gen/c1/connectorapi/baton/v1/config_pb.ts';
export * from '../gen/c1/connectorapi/baton/v1/servedpolicy_pb.ts';
export * from '../gen/c1/connectorapi/baton/v1/session_pb.ts';
export * from '../gen/c1/connectorapi/baton/v1/source_cache_pb.ts';
