import { createRegistry } from '@bufbuild/protobuf';
import type { Registry } from '@bufbuild/protobuf';
import * as wkt from '@bufbuild/protobuf/wkt';
import * as config from './config.ts';
import { filesOf } from './files-of.ts';
import * as outputs from './gen/baton/v1/outputs_pb.ts';
import * as schema from './gen/c1/connector/v2/config_pb.ts';
import * as ratelimit from './gen/c1/ratelimit/v1/ratelimit_pb.ts';
import * as health from './gen/grpc/health/v1/health_pb.ts';
import * as reflectionV1 from './gen/grpc/reflection/v1/reflection_pb.ts';
import * as reflectionV1alpha from './gen/grpc/reflection/v1alpha/reflection_pb.ts';
import * as transport from './gen/c1/transport/v1/transport_pb.ts';

import * as messages from './messages.ts';
import * as connectorapi from './packages/connectorapi.ts';
import * as reader from './packages/reader.ts';
import * as rpc from './packages/rpc.ts';
import * as syncDetails from './packages/sync-details.ts';
import * as wrapper from './packages/wrapper.ts';

const modules = [
  config,
  connectorapi,
  health,
  messages,
  outputs,
  ratelimit,
  reader,
  reflectionV1,
  reflectionV1alpha,
  rpc,
  schema,
  syncDetails,
  transport,
  wkt,
  wrapper,
];

/** Every message, enum and service of `proto/`, and the well-known types: for protobuf JSON of anything. */
export const completeRegistry: Registry = createRegistry(...modules.flatMap(filesOf));
