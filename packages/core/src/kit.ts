/** For packages that implement a vendor, a client plugin or a store. */
export { createAuthorization } from './authorization.ts'
export type { CarriedNames, ObservedDetail, ObservedEvent, RenewOptions, SentTo } from './credential.ts'
export { WAIT_OPTIONS } from './credential.ts'
export type { CredentialErrorInit } from './errors.ts'
export { CredentialError } from './errors.ts'
export type { StreamStart } from './http/bodies.ts'
export {
  discardBody,
  isJsonAnswer,
  isReplayable,
  JSON_LIMIT_MS,
  parseJsonInTime,
  parseJsonStream,
  readStart,
} from './http/bodies.ts'
export type { SenderOptions } from './http/choose.ts'
export { SENDER_OPTIONS } from './http/choose.ts'
export { hasParameter, withoutQuery, withQuery } from './http/query.ts'
export type { Hop } from './http/redirects.ts'
export { firstHop, nextHop, redirectRefused } from './http/redirects.ts'
export { refusesByDefault, requiredScopes } from './http/refusal.ts'
export type { RequestToSend } from './http/send.ts'
export { createSender } from './http/send.ts'
export type { WithMethods } from './members.ts'
export { hasMethods, ownMembers } from './members.ts'
export type { Factory, OptionNames } from './options.ts'
export {
  accountOption,
  assertKnownOptions,
  createFactory,
  editDistance,
  INNER_FETCH,
  innermostFetch,
  invalidOption,
  KEY_HOW_TO,
  knownOptions,
  ownerOf,
  pickOptions,
  requireKey,
  requireSecret,
  requireText,
  vendorOf,
} from './options.ts'
export type { InsecureHosts, OriginRules } from './origins.ts'
export { insecureUrl, isSecureEnough, originOf, parseOrigin, requireInsecureHosts } from './origins.ts'
export { checkRecord } from './refresh/run.ts'
export type { ProofKey, Secret } from './secrets.ts'
export { readSecret, redactError } from './secrets.ts'
export type { WaitBounds } from './time.ts'
export { abortWith, boundedWait, onAbort, systemClock, throwIfAborted, within } from './time.ts'
export type { BoundTokens, CredentialTarget, PlacedTokens, TargetCredential } from './token-credential.ts'
export { CREDENTIAL_OPTIONS, forAccount, forTarget, storeSignIn } from './token-credential.ts'
export type { GrantFailure, GrantFailureKind } from './tokens/grant.ts'
export { isGrantError, rotationOf } from './tokens/grant.ts'
