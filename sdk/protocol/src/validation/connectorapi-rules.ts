import type { RuleTable } from './rule.ts';

/** Limits of c1.connectorapi.baton.v1 (protocol: messages.md, column "rules"). */
export const connectorapiRules: RuleTable = {
  'c1.connectorapi.baton.v1.Task.SyncFullTask': {
    fields: { storage_engine: { string: { in: ['pebble', 'sqlite'], ignoreEmpty: true } } },
  },
  'c1.connectorapi.baton.v1.Task.ListEventsTask': {
    fields: { cursor: { string: { minBytes: 1, maxBytes: 4096, ignoreEmpty: true } } },
  },
  'c1.connectorapi.baton.v1.Task.CreateAccountTask': {
    fields: { resource_type_id: { string: { minBytes: 1, maxBytes: 1024, ignoreEmpty: true } } },
  },
  'c1.connectorapi.baton.v1.BatonServiceHelloRequest': {
    fields: {
      host_id: { string: { minLen: 1, maxLen: 256 } },
      task_id: { string: { pattern: '^[a-zA-Z0-9]{27}|$' } },
      connector_metadata: { required: true },
      annotations: { repeated: { maxItems: 16 } },
    },
  },
  'c1.connectorapi.baton.v1.BatonServiceHelloRequest.BuildInfo': {
    fields: {
      lang_version: { string: { maxLen: 256 } },
      package: { string: { maxLen: 256 } },
      package_version: { string: { maxLen: 256 } },
    },
  },
  'c1.connectorapi.baton.v1.BatonServiceHelloRequest.OSInfo': {
    fields: {
      hostname: { string: { maxLen: 256 } },
      os: { string: { maxLen: 256 } },
      platform: { string: { maxLen: 256 } },
      platform_version: { string: { maxLen: 256 } },
      platform_family: { string: { maxLen: 256 } },
      kernel_version: { string: { maxLen: 256 } },
      kernel_arch: { string: { maxLen: 256 } },
      virtualization_system: { string: { maxLen: 256 } },
    },
  },
  'c1.connectorapi.baton.v1.BatonServiceGetTaskRequest': {
    fields: { host_id: { string: { minLen: 1, maxLen: 256 } } },
  },
  'c1.connectorapi.baton.v1.BatonServiceGetTasksRequest': {
    fields: {
      host_id: { string: { minLen: 1, maxLen: 256 } },
      page_size: { uint32: { lte: 100, gt: 0 } },
      known_task_ids: { repeated: { items: { string: { pattern: '^[a-zA-Z0-9]{27}$' } } } },
      annotations: { repeated: { maxItems: 16 } },
    },
  },
  'c1.connectorapi.baton.v1.BatonServiceGetTasksResponse': { fields: { tasks: { repeated: { maxItems: 100 } } } },
  'c1.connectorapi.baton.v1.BatonServiceHeartbeatRequest': {
    fields: {
      host_id: { string: { minLen: 1, maxLen: 256 } },
      task_id: { string: { pattern: '^[a-zA-Z0-9]{27}$' } },
      annotations: { repeated: { maxItems: 16 } },
      task_ids: { repeated: { maxItems: 100, items: { string: { pattern: '^[a-zA-Z0-9]{27}$' } } } },
    },
  },
  'c1.connectorapi.baton.v1.BatonServiceUploadAssetRequest': { oneofs: ['msg'] },
  'c1.connectorapi.baton.v1.BatonServiceUploadAssetRequest.UploadMetadata': {
    fields: {
      host_id: { string: { minLen: 1, maxLen: 256 } },
      task_id: { string: { pattern: '^[a-zA-Z0-9]{27}$' } },
      annotations: { repeated: { maxItems: 16 } },
    },
  },
  'c1.connectorapi.baton.v1.BatonServiceUploadAssetRequest.UploadData': {
    fields: { data: { bytes: { minLen: 1, maxLen: 1_048_576 } } },
  },
  'c1.connectorapi.baton.v1.BatonServiceUploadAssetRequest.UploadEOF': {
    fields: { sha256_checksum: { bytes: { len: 32 } }, annotations: { repeated: { maxItems: 16 } } },
  },
  'c1.connectorapi.baton.v1.BatonServiceFinishTaskRequest': {
    fields: { host_id: { string: { minLen: 1, maxLen: 256 } }, task_id: { string: { pattern: '^[a-zA-Z0-9]{27}$' } } },
    oneofs: ['final_state'],
  },
  'c1.connectorapi.baton.v1.BatonServiceFinishTaskRequest.Error': {
    fields: { annotations: { repeated: { maxItems: 16 } } },
  },
  'c1.connectorapi.baton.v1.BatonServiceFinishTaskRequest.Success': {
    fields: { annotations: { repeated: { maxItems: 16 } } },
  },
  'c1.connectorapi.baton.v1.GetRequest': {
    fields: {
      sync_id: { string: { pattern: '^[a-zA-Z0-9]{27}$' } },
      key: { string: { minLen: 1, maxLen: 512 } },
      prefix: { string: { maxLen: 512 } },
    },
  },
  'c1.connectorapi.baton.v1.GetManyRequest': {
    fields: {
      sync_id: { string: { pattern: '^[a-zA-Z0-9]{27}$' } },
      keys: { repeated: { minItems: 1, maxItems: 100, unique: true, items: { string: { minLen: 1, maxLen: 512 } } } },
      prefix: { string: { maxLen: 512 } },
    },
  },
  'c1.connectorapi.baton.v1.GetAllRequest': {
    fields: { sync_id: { string: { pattern: '^[a-zA-Z0-9]{27}$' } }, prefix: { string: { maxLen: 512 } } },
  },
  'c1.connectorapi.baton.v1.SetRequest': {
    fields: {
      sync_id: { string: { pattern: '^[a-zA-Z0-9]{27}$' } },
      key: { string: { minLen: 1, maxLen: 512 } },
      value: { bytes: { minLen: 0, maxLen: 4_132_864 } },
      prefix: { string: { maxLen: 512 } },
    },
  },
  'c1.connectorapi.baton.v1.SetManyRequest': {
    fields: {
      sync_id: { string: { pattern: '^[a-zA-Z0-9]{27}$' } },
      values: {
        map: {
          minPairs: 1,
          maxPairs: 100,
          keys: { string: { minLen: 1, maxLen: 512 } },
          values: { bytes: { minLen: 0, maxLen: 4_132_864 } },
        },
      },
      prefix: { string: { maxLen: 512 } },
    },
  },
  'c1.connectorapi.baton.v1.DeleteRequest': {
    fields: {
      sync_id: { string: { pattern: '^[a-zA-Z0-9]{27}$' } },
      key: { string: { minLen: 1, maxLen: 512 } },
      prefix: { string: { maxLen: 512 } },
    },
  },
  'c1.connectorapi.baton.v1.DeleteManyRequest': {
    fields: {
      sync_id: { string: { pattern: '^[a-zA-Z0-9]{27}$' } },
      keys: { repeated: { minItems: 1, maxItems: 200, items: { string: { minLen: 1, maxLen: 512 } } } },
      prefix: { string: { maxLen: 512 } },
    },
  },
  'c1.connectorapi.baton.v1.ClearRequest': {
    fields: { sync_id: { string: { pattern: '^[a-zA-Z0-9]{27}$' } }, prefix: { string: { maxLen: 512 } } },
  },
  'c1.connectorapi.baton.v1.LookupRequest': {
    fields: { row_kind: { string: { minLen: 1, maxLen: 64 } }, scope_key: { string: { minLen: 1, maxLen: 256 } } },
  },
  'c1.connectorapi.baton.v1.LookupResponse': { fields: { cache_validator: { string: { maxLen: 65_536 } } } },
};
