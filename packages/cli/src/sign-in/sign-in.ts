import type { CredentialStatus, TokenStore } from '@valetkey/core'
import { type Account, createCredential } from '../accounts.ts'
import { usageError } from '../cli-error.ts'
import type { CommandIo } from '../io.ts'
import type { Output } from '../output.ts'

export { askOptions } from './ask-options.ts'

import { isBrowserCredential, isDeviceCredential, isTokenCredential } from '../vendors/credential-kind.ts'

export interface SignInParts {
  readonly io: CommandIo
  readonly output: Output
  readonly browser: string | undefined
}

/**
 * Signs in as the grant asks for, with the tokens going to `store`.
 * @returns what came of it; `undefined` for an API key, which has no tokens
 * @throws CredentialError, CliError, what aborted `io.signal`
 */
export async function signIn(
  account: Account,
  store: TokenStore,
  parts: SignInParts,
): Promise<CredentialStatus | undefined> {
  const { required = [] } = account.vendor.description.grants[account.grant] ?? {}
  if (required.includes('redirectUri')) return await inBrowser(account, store, parts)
  const credential = await createCredential(account, store)
  if (isDeviceCredential(credential)) {
    const { signInByDevice } = await import('./device-sign-in.ts')
    await signInByDevice(credential, parts.io, parts.output)
    return await credential.status()
  }
  if (!isTokenCredential(credential)) {
    await credential.authorization()
    return undefined
  }
  await credential.getToken({ signal: parts.io.signal })
  return await credential.status()
}

async function inBrowser(account: Account, store: TokenStore, parts: SignInParts): Promise<CredentialStatus> {
  const { startCallbackServer } = await import('./callback-server.ts')
  const { signInByBrowser } = await import('./browser-sign-in.ts')
  const { redirectUri: registered } = account.options
  const server = await startCallbackServer(typeof registered === 'string' ? registered : undefined)
  try {
    const credential = await createCredential(account, store, { redirectUri: server.redirectUri })
    if (!isBrowserCredential(credential)) {
      throw usageError(`${account.vendor.name}: ${account.grant}() gave no credential to sign in with`)
    }
    await signInByBrowser(credential, { ...parts, server })
    return await credential.status()
  } finally {
    await server.close()
  }
}
