export type { ApiKeyCredential, ApiKeyOptions } from './api-key.ts'
export { createApiKeyCredential } from './api-key.ts'
export type { Authorization, Credential, CredentialSource, ResponseView, WaitOptions } from './credential.ts'
export type { CredentialError, CredentialErrorCode, CredentialErrorDetails, CredentialErrorOf } from './errors.ts'
export { isCredentialError } from './errors.ts'
export type {
  AnyCredentialEvent,
  CredentialEventListener,
  CredentialEventName,
  CredentialEvents,
  EventContext,
  EventLogger,
  TokenRequestDetail,
} from './events.ts'
export { logEvents } from './events.ts'
export type { RequestOptions } from './http/request-options.ts'
export { requireEnv } from './options.ts'
export type { CasResult, StoreRead, TokenStore } from './store.ts'
export { memoryStore } from './store.ts'
export type { Clock } from './time.ts'
export type {
  AccessToken,
  CloseOptions,
  CredentialOptions,
  CredentialStatus,
  CredentialStatusDetails,
  CredentialStatusError,
  ImportedTokens,
  JwtClaims,
  Placement,
  RefreshLifetimes,
  TokenCredential,
  TokenCredentialDefinition,
} from './token-credential.ts'
export { createTokenCredential } from './tokens/create.ts'
export type { GrantContext, TokenGrant, TokenSet } from './tokens/grant.ts'
export { GrantError } from './tokens/grant.ts'
