import type { Credential, TokenCredential } from '@valetkey/core'
import { isObject } from '../json.ts'

/** As `@valetkey/oauth2` and the vendors' packages make them for a sign-in in the browser. */
export interface BrowserCredential extends TokenCredential {
  beginSignIn(options?: {
    readonly scopes?: readonly string[]
  }): Promise<{ readonly url: URL; readonly signIn: PendingSignIn }>
  completeSignIn(callbackUrl: URL | string, signIn: PendingSignIn): Promise<void>
}

export interface PendingSignIn {
  readonly state: string
  readonly codeVerifier?: string
  readonly redirectUri: string
  readonly issuer?: string
  /** Unix ms. */
  readonly expiresAt: number
}

/** For a sign-in by a code that is typed in elsewhere. */
export interface DeviceCredential extends TokenCredential {
  beginSignIn(options?: { readonly signal?: AbortSignal | null | undefined }): Promise<DeviceSignIn>
}

export interface DeviceSignIn {
  readonly userCode: string
  readonly verificationUri: string
  readonly verificationUriComplete?: string
  /** Unix ms. */
  readonly expiresAt: number
  readonly done: Promise<void>
}

/** What a vendor's package gave, possibly with another copy of core than ours. */
export function isCredential(value: unknown): value is Credential {
  return hasMethods(value, ['covers', 'authorization', 'renew', 'refuses'])
}

export function isTokenCredential(credential: Credential): credential is TokenCredential {
  return hasMethods(credential, ['getToken', 'status', 'signOut', 'close'])
}

/** Packages of versions before it had `importTokens` make credentials without. */
export function isImporting(credential: TokenCredential): boolean {
  return hasMethods(credential, ['importTokens'])
}

export function isBrowserCredential(credential: Credential): credential is BrowserCredential {
  return isTokenCredential(credential) && hasMethods(credential, ['beginSignIn', 'completeSignIn'])
}

export function isDeviceCredential(credential: Credential): credential is DeviceCredential {
  return isTokenCredential(credential) && hasMethods(credential, ['beginSignIn']) && !isBrowserCredential(credential)
}

function hasMethods(value: unknown, names: readonly string[]): boolean {
  return isObject(value) && names.every((name) => typeof value[name] === 'function')
}
