import { isCredentialError } from '@valetkey/core'
import type { OptionNames } from '@valetkey/core/kit'
import { hasMethods, invalidOption, knownOptions } from '@valetkey/core/kit'
import type { McpCredential } from './credential.ts'
import { isForgottenClient } from './credential.ts'

export interface WithSignInOptions {
  /**
   * Sends the user to `url`, and resolves with the callback URL. Called once for all work that waits for a
   * sign-in. If it rejects, the work rejects with the same error.
   */
  readonly signIn: (url: URL) => URL | string | Promise<URL | string>
  /** How often one call may ask the user for more scopes. @default 1 */
  readonly maxStepUps?: number | undefined
}

const OPTIONS: OptionNames<WithSignInOptions> = { signIn: true, maxStepUps: true }

const OWNER = '@valetkey/mcp'

/**
 * Runs work of an interactive program, such as `client.connect` or `client.callTool`. If it fails because a sign-in or a scope is
 * missing (the SDK's `InsufficientScopeError`), the user signs in and the work runs again. For one call the user signs in at most
 * once and grants more scopes at most `maxStepUps` times; then the call rejects with the last error. If another process already has
 * the scopes, its token is used, and the user is not asked.
 *
 * @throws CredentialError `invalid_option`
 */
export function withSignIn(
  credential: McpCredential,
  options: WithSignInOptions,
): <T>(work: () => T | Promise<T>) => Promise<T> {
  const { signIn, maxStepUps = 1 } = knownOptions(OWNER, options, OPTIONS)
  if (!hasMethods(credential, ['beginSignIn', 'completeSignIn', 'status', 'renew']))
    throw invalidOption(OWNER, 'credential', 'must be a credential of mcpCredential')
  if (typeof signIn !== 'function') throw invalidOption(OWNER, 'signIn', 'must be a function')
  if (!Number.isInteger(maxStepUps) || maxStepUps < 0)
    throw invalidOption(OWNER, 'maxStepUps', 'must be an integer, 0 or more')
  let running: Promise<void> | undefined

  return async (work) => {
    let signIns = 0
    let stepUps = 0
    for (;;) {
      try {
        return await work()
      } catch (error) {
        const scopes = missingScopes(error)
        if (scopes && stepUps < maxStepUps) {
          stepUps += 1
          await oneByOne(() => stepUp(scopes))
        } else if (isPersonNeeded(error) && signIns < 1) {
          signIns += 1
          await oneByOne(async () => ((await isSignedIn(error)) ? undefined : ask()))
        } else throw error
      }
    }
  }

  /** The user answers one question at a time; an answer usually serves the other calls too. */
  async function oneByOne(step: () => Promise<void>): Promise<void> {
    while (running) await running.catch(() => undefined)
    running = step()
    try {
      await running
    } finally {
      running = undefined
    }
  }

  /** Whether someone has signed in since the work failed. */
  async function isSignedIn(error: unknown): Promise<boolean> {
    if (isForgottenClient(error)) return false
    const status = await credential.status()
    return status.state === 'renewable' || (status.state === 'ready' && status.reauthorization === undefined)
  }

  async function ask(addScopes?: readonly string[]): Promise<void> {
    const { url, signIn: pending } = await credential.beginSignIn({ addScopes })
    await credential.completeSignIn(await signIn(url), pending)
  }

  async function stepUp(scopes: readonly string[]): Promise<void> {
    const { scopes: granted = [], generation } = await credential.status()
    const held = await credential.authorization()
    const isGranted = scopes.every((scope) => granted.includes(scope))
    // A refused token that is older than the stored one costs no token request.
    if (isGranted && generation !== held.generation) await credential.renew(held)
    else await ask(scopes)
  }
}

/** Of an `InsufficientScopeError`, also of another copy of the SDK. Without scopes there is nothing to ask for. */
function missingScopes(error: unknown): readonly string[] | undefined {
  if (!(error instanceof Error) || !('requiredScope' in error)) return undefined
  const { requiredScope } = error
  const scopes = typeof requiredScope === 'string' ? requiredScope.split(' ').filter(Boolean) : []
  return scopes.length > 0 ? scopes : undefined
}

function isPersonNeeded(error: unknown): boolean {
  return (
    isCredentialError(error, 'not_signed_in') ||
    isCredentialError(error, 'reauthorization_required') ||
    isForgottenClient(error)
  )
}
