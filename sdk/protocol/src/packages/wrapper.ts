// c1.connector_wrapper.v1 and c1.utls.v1: between a parent process and its connector child.
export * from '../gen/c1/connector_wrapper/v1/connector_wrapper_pb.ts';
export * from '../gen/c1/utls/v1/tls_pb.ts';
