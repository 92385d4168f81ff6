export type { ApiKeyCredential, ApiKeyOptions } from './api-key-credential.ts'
export { createApiKeyCredential } from './api-key-credential.ts'
export { createAuthorization } from './authorization.ts'
export type { WaitBounds } from './bounded-wait.ts'
export { boundedWait } from './bounded-wait.ts'
export type { Clock } from './clock.ts'
export { systemClock } from './clock.ts'
export { createTokenCredential } from './create-token-credential.ts'
export type {
  Authorization,
  CarriedNames,
  Credential,
  CredentialSource,
  ObservedDetail,
  ObservedEvent,
  ResponseView,
  WaitOptions,
} from './credential.ts'
export type {
  CredentialErrorCode,
  CredentialErrorDetails,
  CredentialErrorInit,
  CredentialErrorOf,
} from './errors.ts'
export { CredentialError, isCredentialError } from './errors.ts'
export type { CredentialEventName, CredentialEvents, EventContext } from './events.ts'
export type { GrantContext, GrantFailure, GrantFailureKind, TokenGrant, TokenSet } from './grant.ts'
export { GrantError, isGrantError } from './grant.ts'
export type { WithMethods } from './has-methods.ts'
export { hasMethods } from './has-methods.ts'
export { INNER_FETCH, innermostFetch } from './innermost-fetch.ts'
export { memoryStore } from './memory-store.ts'
export { invalidOption, requireSecret, requireText, vendorOf } from './options.ts'
export type { OriginList, OriginRules } from './origins.ts'
export { originOf, parseOrigin, parseOrigins } from './origins.ts'
export { refusesByDefault } from './refusal.ts'
export type { Secret } from './secret.ts'
export { readSecret } from './secret.ts'
export type { CredentialedRequest, RequestToSend } from './send.ts'
export { createSender, sendWithCredential } from './send.ts'
export type { CasResult, StoreRead, TokenStore } from './store.ts'
export { storeSignIn } from './store-sign-in.ts'
export type {
  AccessToken,
  CredentialOptions,
  CredentialStatus,
  JwtClaims,
  PlacedTokens,
  Placement,
  TokenCredential,
  TokenCredentialDefinition,
} from './token-credential.ts'
