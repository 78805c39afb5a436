import type { RuleTable } from './rule.ts';

/** Limits of the smaller packages (protocol: messages.md, column "rules"). */
export const otherRules: RuleTable = {
  'c1.ratelimit.v1.RateLimitDescriptors': { fields: { entries: { repeated: { minItems: 1 } } } },
  'c1.ratelimit.v1.RateLimitDescriptors.Entry': {
    fields: { key: { string: { minLen: 1 } }, value: { string: { minLen: 1 } } },
  },
  'c1.reader.v2.EntitlementsReaderServiceGetEntitlementRequest': {
    fields: { entitlement_id: { string: { minBytes: 1, maxBytes: 1024 } } },
  },
  'c1.reader.v2.EntitlementsReaderServiceListEntitlementsByIdsRequest': {
    fields: { entitlement_ids: { repeated: { maxItems: 1024 } } },
  },
  'c1.reader.v2.GrantsReaderServiceGetGrantRequest': {
    fields: { grant_id: { string: { minBytes: 1, maxBytes: 1024 } } },
  },
  'c1.reader.v2.GrantsReaderServiceListGrantsForEntitlementRequest': {
    fields: {
      entitlement: { required: true },
      page_size: { uint32: { lte: 250, ignoreEmpty: true } },
      page_token: { string: { minBytes: 1, maxBytes: 2048, ignoreEmpty: true } },
    },
  },
  'c1.reader.v2.GrantsReaderServiceListGrantsForEntitlementResponse': {
    fields: { next_page_token: { string: { minBytes: 1, maxBytes: 2048, ignoreEmpty: true } } },
  },
  'c1.reader.v2.GrantsReaderServiceListGrantsForResourceTypeRequest': {
    fields: {
      resource_type_id: { string: { minBytes: 1, maxBytes: 2048, ignoreEmpty: true } },
      page_size: { uint32: { lte: 250, ignoreEmpty: true } },
      page_token: { string: { minBytes: 1, maxBytes: 2048, ignoreEmpty: true } },
    },
  },
  'c1.reader.v2.GrantsReaderServiceListGrantsForResourceTypeResponse': {
    fields: { next_page_token: { string: { minBytes: 1, maxBytes: 2048, ignoreEmpty: true } } },
  },
  'c1.reader.v2.GrantsReaderServiceListGrantsForEntitlementsRequest': {
    fields: {
      entitlements: { repeated: { maxItems: 128 } },
      page_size: { uint32: { lte: 1024, ignoreEmpty: true } },
      page_token: { string: { minBytes: 1, maxBytes: 4096, ignoreEmpty: true } },
    },
  },
  'c1.reader.v2.GrantsReaderServiceListGrantsForEntitlementsResponse': {
    fields: { next_page_token: { string: { minBytes: 1, maxBytes: 4096, ignoreEmpty: true } } },
  },
  'c1.reader.v2.GrantsReaderServiceListGrantsForPrincipalRequest': {
    fields: {
      principal_id: { required: true },
      page_size: { uint32: { lte: 250, ignoreEmpty: true } },
      page_token: { string: { minBytes: 1, maxBytes: 2048, ignoreEmpty: true } },
    },
  },
  'c1.reader.v2.GrantsReaderServiceListGrantsForPrincipalResponse': {
    fields: { next_page_token: { string: { minBytes: 1, maxBytes: 2048, ignoreEmpty: true } } },
  },
  'c1.reader.v2.ResourcesReaderServiceGetResourceRequest': { fields: { resource_id: { required: true } } },
  'c1.reader.v2.ResourcesReaderServiceListResourcesByIdsRequest': {
    fields: { resource_ids: { repeated: { maxItems: 1024 } } },
  },
  'c1.reader.v2.SyncsReaderServiceListSyncsRequest': {
    fields: {
      page_size: { uint32: { lte: 250, ignoreEmpty: true } },
      page_token: { string: { minBytes: 1, maxBytes: 2048, ignoreEmpty: true } },
    },
  },
  'c1.reader.v2.SyncsReaderServiceListSyncsResponse': {
    fields: { next_page_token: { string: { minBytes: 1, maxBytes: 2048, ignoreEmpty: true } } },
  },
};
