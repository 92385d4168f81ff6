import { authorizationCode } from './grants/authorization-code.ts'
import { clientCredentials } from './grants/client-credentials.ts'
import { customGrant } from './grants/custom.ts'
import { deviceCode } from './grants/device-code.ts'
import { jwtBearer } from './grants/jwt-bearer.ts'
import { password } from './grants/password.ts'
import { tokenExchange } from './grants/token-exchange.ts'

export type { Secret } from '@valetkey/core/kit'
export type { DpopAlgorithm, DpopKey, DpopOptions } from './dpop.ts'
export type {
  AuthorizationCodeOptions,
  BeginSignInOptions,
  PendingSignIn,
  SignInCredential,
} from './grants/authorization-code.ts'
export type { CustomGrantOptions, CustomParameters } from './grants/custom.ts'
export type { BeginDeviceSignInOptions, DeviceCredential, DeviceSignIn } from './grants/device-code.ts'
export type {
  AssertionAlgorithm,
  AssertionClaims,
  AssertionJwk,
  AssertionKey,
  AssertionKeyText,
  AssertionOptions,
  JwtBearerOptions,
} from './grants/jwt-bearer.ts'
export type { PasswordOptions } from './grants/password.ts'
export type { TokenExchangeOptions } from './grants/token-exchange.ts'
export type {
  ApiDialect,
  Lifetimes,
  OAuthOptions,
  ParameterTexts,
  StandardAnswer,
  TokenEndpointAnswer,
  TokenEndpointDialect,
} from './options.ts'
export { parseUrlOption, requireUrlOption } from './options.ts'
export type { AccountResourceCredential, ResourceCredential, ResourceOptions, Resources } from './resources.ts'
export type { Placeholder, Vendor, VendorData, VendorFacts, VendorOptions } from './vendor.ts'
export { defineVendor } from './vendor.ts'
export { asRecord } from './wire/answer.ts'
export type { ClientKey, ClientKeyOption } from './wire/client-auth.ts'
export type { Introspection, IntrospectionOptions, IntrospectToken } from './wire/introspect.ts'
export { createTokenIntrospector } from './wire/introspect.ts'
export { authorizationCode, clientCredentials, customGrant, deviceCode, jwtBearer, password, tokenExchange }

/** The grants by name. Each is also exported separately, so that bundlers can drop the rest. */
export const oauth2: {
  readonly clientCredentials: typeof clientCredentials
  readonly password: typeof password
  readonly authorizationCode: typeof authorizationCode
  readonly deviceCode: typeof deviceCode
  readonly jwtBearer: typeof jwtBearer
  readonly tokenExchange: typeof tokenExchange
  readonly customGrant: typeof customGrant
} = { clientCredentials, password, authorizationCode, deviceCode, jwtBearer, tokenExchange, customGrant }
