import type { RuleTable } from './rule.ts';

/** Limits of c1.connector.v2 (protocol: messages.md, column "rules"). */
export const connectorRules: RuleTable = {
  'c1.connector.v2.InvokeActionRequest': { fields: { inline_wait: { duration: { lte: 86_400, gte: 0 } } } },
  'c1.connector.v2.ExternalLink': {
    fields: { url: { string: { minBytes: 1, maxBytes: 1024, prefix: 'https://', uri: true, ignoreEmpty: true } } },
  },
  'c1.connector.v2.GrantExpandable': { fields: { entitlement_ids: { repeated: { minItems: 1, unique: true } } } },
  'c1.connector.v2.GrantReplaced': { fields: { replaced_grant_id: { string: { minBytes: 1 } } } },
  'c1.connector.v2.Aliases': {
    fields: {
      ids: { repeated: { minItems: 1, maxItems: 100, unique: true, items: { string: { minLen: 1, maxLen: 256 } } } },
    },
  },
  'c1.connector.v2.ResourceDeleted': { fields: { resource_id: { required: true } } },
  'c1.connector.v2.RiskFactor': { fields: { description: { string: { minBytes: 1, maxBytes: 4096 } } } },
  'c1.connector.v2.RiskScore': { fields: { normalized_score: { uint32: { lte: 100, gte: 0 } } } },
  'c1.connector.v2.Issue': { fields: { severity: { string: { minBytes: 0, maxBytes: 1024 } } } },
  'c1.connector.v2.SecurityInsightTrait': { oneofs: ['insight_type', 'target'] },
  'c1.connector.v2.SecurityInsightTrait.UserTarget': {
    fields: { email: { string: { minBytes: 1, maxBytes: 1024, email: true } } },
  },
  'c1.connector.v2.SecurityInsightTrait.AppUserTarget': {
    fields: {
      email: { string: { minBytes: 1, maxBytes: 1024, email: true } },
      external_id: { string: { minBytes: 1, maxBytes: 4096 } },
    },
  },
  'c1.connector.v2.SecurityInsightTrait.ExternalResourceTarget': {
    fields: {
      external_id: { string: { minBytes: 1, maxBytes: 4096 } },
      app_hint: { string: { maxBytes: 1024, ignoreEmpty: true } },
    },
  },
  'c1.connector.v2.SourceCacheCapability': {
    fields: {
      cache_generation: { string: { maxBytes: 256, ignoreEmpty: true } },
      config_fingerprint: { string: { maxBytes: 256, ignoreEmpty: true } },
    },
  },
  'c1.connector.v2.SourceCacheLookupAsk': { fields: { queries: { repeated: { minItems: 1, maxItems: 4096 } } } },
  'c1.connector.v2.SourceCacheLookupAsk.Query': {
    fields: {
      row_kind: { string: { minBytes: 1, maxBytes: 64 } },
      scope_key: { string: { minBytes: 1, maxBytes: 256 } },
    },
  },
  'c1.connector.v2.SourceCacheLookupAnswers': { fields: { answers: { repeated: { maxItems: 16_384 } } } },
  'c1.connector.v2.SourceCacheLookupAnswers.Answer': {
    fields: {
      row_kind: { string: { minBytes: 1, maxBytes: 64 } },
      scope_key: { string: { minBytes: 1, maxBytes: 256 } },
      cache_validator: { string: { maxBytes: 65_536, ignoreEmpty: true } },
    },
  },
  'c1.connector.v2.UserTrait': { fields: { account_type: { enum: { definedOnly: true } } } },
  'c1.connector.v2.UserTrait.Email': { fields: { address: { string: { email: true } } } },
  'c1.connector.v2.UserTrait.Status': {
    fields: {
      status: { enum: { definedOnly: true } },
      details: { string: { minBytes: 1, maxBytes: 1024, ignoreEmpty: true } },
    },
  },
  'c1.connector.v2.GroupTrait': {
    fields: {
      group_source_type: { string: { maxBytes: 64, ignoreEmpty: true } },
      raw_group_source_type: { string: { maxBytes: 256, ignoreEmpty: true } },
    },
  },
  'c1.connector.v2.ScopeBindingTrait': {
    fields: { role_id: { required: true }, scope_resource_id: { required: true } },
  },
  'c1.connector.v2.AppTrait': {
    fields: {
      help_url: { string: { minBytes: 1, maxBytes: 1024, prefix: 'https://', uri: true, ignoreEmpty: true } },
      app_source_type: { string: { maxBytes: 64, ignoreEmpty: true } },
      raw_app_source_type: { string: { maxBytes: 256, ignoreEmpty: true } },
    },
  },
  'c1.connector.v2.SecretTrait': { fields: { credential_type: { enum: { definedOnly: true } } } },
  'c1.connector.v2.LicenseProfileTrait': {
    fields: {
      license_name: { string: { maxBytes: 1024, ignoreEmpty: true } },
      currency: { string: { maxBytes: 8, ignoreEmpty: true } },
      entitlement_ids: { repeated: { unique: true } },
    },
  },
  'c1.connector.v2.NonHumanIdentityTrait': {
    fields: {
      nhi_type: { enum: { definedOnly: true } },
      nhi_detail: { string: { minBytes: 1, maxBytes: 1024, ignoreEmpty: true } },
    },
  },
  'c1.connector.v2.ManagedDeviceTrait': {
    fields: {
      device_type: { enum: { definedOnly: true } },
      compliance: { enum: { definedOnly: true } },
      management_state: { enum: { definedOnly: true } },
    },
  },
  'c1.connector.v2.DeviceOS': { fields: { type: { enum: { definedOnly: true } } } },
  'c1.connector.v2.EnqueuePageTokens': {
    fields: { page_tokens: { repeated: { maxItems: 1024, items: { string: { minLen: 1, maxLen: 1_048_576 } } } } },
  },
  'c1.connector.v2.Money': {
    fields: { currency_code: { string: { minBytes: 3, maxBytes: 8, pattern: '^[A-Za-z0-9]{3,8}$' } } },
  },
  'c1.connector.v2.VendorTrait': {
    fields: {
      vendor_id: { string: { minBytes: 1, maxBytes: 256 } },
      vendor_name: { string: { minBytes: 1, maxBytes: 1024 } },
      vendor_dba_name: { string: { maxBytes: 1024, ignoreEmpty: true } },
      website_domain: { string: { maxBytes: 256, ignoreEmpty: true } },
      external_vendor_id: { string: { maxBytes: 256, ignoreEmpty: true } },
      deep_link_url: { string: { maxBytes: 4096, prefix: 'https://', uri: true, ignoreEmpty: true } },
      source_business_id: { string: { maxBytes: 256, ignoreEmpty: true } },
      source_entity_id: { string: { maxBytes: 256, ignoreEmpty: true } },
    },
  },
  'c1.connector.v2.LineItem': {
    fields: { product_or_service_name: { string: { maxBytes: 1024 } }, unit: { string: { maxBytes: 64 } } },
  },
  'c1.connector.v2.VendorAgreementTrait': {
    fields: {
      agreement_name: { string: { maxBytes: 1024, ignoreEmpty: true } },
      renewal_status_raw: { string: { maxBytes: 256, ignoreEmpty: true } },
      external_account_manager_email: { string: { maxBytes: 1024, email: true, ignoreEmpty: true } },
      external_account_manager_name: { string: { maxBytes: 1024, ignoreEmpty: true } },
    },
  },
  'c1.connector.v2.AssetRef': { fields: { id: { string: { minBytes: 1, maxBytes: 1024 } } } },
  'c1.connector.v2.AssetServiceGetAssetRequest': { fields: { asset: { required: true } } },
  'c1.connector.v2.AssetServiceGetAssetResponse': { oneofs: ['msg'] },
  'c1.connector.v2.AssetServiceGetAssetResponse.Metadata': {
    fields: { content_type: { string: { minBytes: 1, maxBytes: 256 } } },
  },
  'c1.connector.v2.AssetServiceGetAssetResponse.Data': {
    fields: { data: { bytes: { minLen: 0, maxLen: 1_048_576 } } },
  },
  'c1.connector.v2.ConnectorServiceCleanupRequest': {
    fields: { active_sync_id: { string: { minBytes: 1, maxBytes: 1024, ignoreEmpty: true } } },
  },
  'c1.connector.v2.ConnectorMetadata': {
    fields: {
      display_name: { string: { minBytes: 1, maxBytes: 1024 } },
      help_url: { string: { minBytes: 1, maxBytes: 1024, prefix: 'https://', uri: true, ignoreEmpty: true } },
      description: { string: { minBytes: 1, maxBytes: 4096, ignoreEmpty: true } },
    },
  },
  'c1.connector.v2.CredentialIssueOptionDescriptor': {
    fields: { secret_resource_type_id: { string: { minBytes: 1, maxBytes: 1024 } } },
  },
  'c1.connector.v2.Entitlement': {
    fields: {
      resource: { required: true },
      id: { string: { minBytes: 1, maxBytes: 1024 } },
      display_name: { string: { minBytes: 1, maxBytes: 1024, ignoreEmpty: true } },
      description: { string: { minBytes: 1, maxBytes: 2048, ignoreEmpty: true } },
      purpose: { enum: { definedOnly: true } },
    },
  },
  'c1.connector.v2.EntitlementsServiceListEntitlementsRequest': {
    fields: {
      page_size: { uint32: { lte: 250, ignoreEmpty: true } },
      page_token: { string: { minBytes: 1, maxBytes: 1_048_576, ignoreEmpty: true } },
      active_sync_id: { string: { minBytes: 1, maxBytes: 1024, ignoreEmpty: true } },
    },
  },
  'c1.connector.v2.EntitlementsServiceListEntitlementsResponse': {
    fields: { next_page_token: { string: { minBytes: 1, maxBytes: 1_048_576, ignoreEmpty: true } } },
  },
  'c1.connector.v2.EntitlementsServiceListStaticEntitlementsRequest': {
    fields: {
      resource_type_id: { string: { minBytes: 1, maxBytes: 1024 } },
      page_size: { uint32: { lte: 250, ignoreEmpty: true } },
      page_token: { string: { minBytes: 1, maxBytes: 1_048_576, ignoreEmpty: true } },
      active_sync_id: { string: { minBytes: 1, maxBytes: 1024, ignoreEmpty: true } },
    },
  },
  'c1.connector.v2.EntitlementsServiceListStaticEntitlementsResponse': {
    fields: { next_page_token: { string: { minBytes: 1, maxBytes: 1_048_576, ignoreEmpty: true } } },
  },
  'c1.connector.v2.ListEventsRequest': {
    fields: {
      cursor: { string: { minBytes: 1, maxBytes: 4096, ignoreEmpty: true } },
      page_size: { uint32: { lte: 1000, ignoreEmpty: true } },
      event_feed_id: { string: { minBytes: 1, maxBytes: 1024, ignoreEmpty: true } },
    },
  },
  'c1.connector.v2.ListEventsResponse': {
    fields: { cursor: { string: { minBytes: 1, maxBytes: 4096, ignoreEmpty: true } } },
  },
  'c1.connector.v2.CreateGrantEvent': { fields: { entitlement: { required: true }, principal: { required: true } } },
  'c1.connector.v2.CreateRevokeEvent': { fields: { entitlement: { required: true }, principal: { required: true } } },
  'c1.connector.v2.ResourceChangeEvent': { fields: { resource_id: { required: true } } },
  'c1.connector.v2.EventFeedMetadata': {
    fields: {
      id: { string: { minBytes: 1, maxBytes: 1024 } },
      supported_event_types: { repeated: { unique: true, items: { enum: { definedOnly: true } } } },
    },
  },
  'c1.connector.v2.Grant': {
    fields: {
      entitlement: { required: true },
      principal: { required: true },
      id: { string: { minBytes: 1, maxBytes: 1024 } },
    },
  },
  'c1.connector.v2.GrantsServiceListGrantsRequest': {
    fields: {
      resource: { required: true },
      page_size: { uint32: { lte: 250, ignoreEmpty: true } },
      page_token: { string: { minBytes: 1, maxBytes: 1_048_576, ignoreEmpty: true } },
      active_sync_id: { string: { minBytes: 1, maxBytes: 1024, ignoreEmpty: true } },
    },
  },
  'c1.connector.v2.GrantsServiceListGrantsResponse': {
    fields: { next_page_token: { string: { minBytes: 1, maxBytes: 1_048_576, ignoreEmpty: true } } },
  },
  'c1.connector.v2.GrantManagerServiceGrantRequest': {
    fields: { entitlement: { required: true }, principal: { required: true } },
  },
  'c1.connector.v2.GrantManagerServiceRevokeRequest': { fields: { grant: { required: true } } },
  'c1.connector.v2.ResourceType': {
    fields: {
      id: { string: { minBytes: 1, maxBytes: 1024 } },
      display_name: { string: { minBytes: 1, maxBytes: 1024, ignoreEmpty: true } },
      traits: { repeated: { unique: true, items: { enum: { definedOnly: true } } } },
      description: { string: { minBytes: 1, maxBytes: 4096, ignoreEmpty: true } },
    },
  },
  'c1.connector.v2.ResourceTypesServiceListResourceTypesRequest': {
    fields: {
      page_size: { uint32: { lte: 250, ignoreEmpty: true } },
      page_token: { string: { minBytes: 1, maxBytes: 1_048_576, ignoreEmpty: true } },
      active_sync_id: { string: { minBytes: 1, maxBytes: 1024, ignoreEmpty: true } },
    },
  },
  'c1.connector.v2.ResourceTypesServiceListResourceTypesResponse': {
    fields: { next_page_token: { string: { minBytes: 1, maxBytes: 1_048_576, ignoreEmpty: true } } },
  },
  'c1.connector.v2.IssueCredentialRequest': {
    fields: { request_id: { string: { minBytes: 1, maxBytes: 128, pattern: '^[A-Za-z0-9_-]+$' } } },
  },
  'c1.connector.v2.AccountInfo.Email': { fields: { address: { string: { email: true } } } },
  'c1.connector.v2.KeyGenerationProfile': {
    fields: { kty: { string: { minBytes: 1, maxBytes: 32 } }, crv: { string: { maxBytes: 64 } } },
  },
  'c1.connector.v2.CredentialOptions.RandomPassword': { fields: { length: { int64: { lte: 64, gte: 8 } } } },
  'c1.connector.v2.CredentialOptions.EncryptedPassword': {
    fields: { encrypted_passwords: { repeated: { minItems: 1 } } },
  },
  'c1.connector.v2.LocalCredentialOptions.RandomPassword': { fields: { length: { int64: { lte: 64, gte: 8 } } } },
  'c1.connector.v2.CreateAccountRequest': {
    fields: { resource_type_id: { string: { minBytes: 1, maxBytes: 1024, ignoreEmpty: true } } },
  },
  'c1.connector.v2.EncryptionConfig.AgeRecipientConfig': {
    fields: { recipient: { string: { minBytes: 1, maxBytes: 4096 } } },
  },
  'c1.connector.v2.ResourceId': {
    fields: {
      resource_type: { string: { minBytes: 1, maxBytes: 1024 } },
      resource: { string: { minBytes: 1, maxBytes: 1024 } },
    },
  },
  'c1.connector.v2.Resource': {
    fields: {
      display_name: { string: { minBytes: 1, maxBytes: 1024, ignoreEmpty: true } },
      description: { string: { minBytes: 1, maxBytes: 2048, ignoreEmpty: true } },
    },
  },
  'c1.connector.v2.Status': {
    fields: {
      status: { enum: { definedOnly: true } },
      details: { string: { minBytes: 1, maxBytes: 1024, ignoreEmpty: true } },
    },
  },
  'c1.connector.v2.ResourcesServiceListResourcesRequest': {
    fields: {
      resource_type_id: { string: { minBytes: 1, maxBytes: 1024 } },
      page_size: { uint32: { lte: 250, ignoreEmpty: true } },
      page_token: { string: { minBytes: 1, maxBytes: 1_048_576, ignoreEmpty: true } },
      active_sync_id: { string: { minBytes: 1, maxBytes: 1024, ignoreEmpty: true } },
    },
  },
  'c1.connector.v2.ResourcesServiceListResourcesResponse': {
    fields: { next_page_token: { string: { minBytes: 1, maxBytes: 1_048_576, ignoreEmpty: true } } },
  },
  'c1.connector.v2.ResourceGetterServiceGetResourceRequest': {
    fields: { active_sync_id: { string: { minBytes: 1, maxBytes: 1024, ignoreEmpty: true } } },
  },
  'c1.connector.v2.TicketsServiceListTicketSchemasRequest': {
    fields: {
      page_size: { uint32: { lte: 250, ignoreEmpty: true } },
      page_token: { string: { minBytes: 1, maxBytes: 4096, ignoreEmpty: true } },
    },
  },
  'c1.connector.v2.TicketsServiceListTicketSchemasResponse': {
    fields: { next_page_token: { string: { minBytes: 1, maxBytes: 4096, ignoreEmpty: true } } },
  },
};
