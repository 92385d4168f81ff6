import { isCredentialError } from '@valetkey/core'
import type { OptionNames } from '@valetkey/core/kit'
import { hasMethods, invalidOption, knownOptions } from '@valetkey/core/kit'
import type { McpCredential } from './credential.ts'
import { isForgottenClient } from './credential.ts'

export interface WithSignInOptions {
  /**
   * Sends the person to `url`, and resolves with the URL that they came back to. Called once for all work that waits for a
   * sign-in. What it rejects with, the work rejects with.
   */
  readonly signIn: (url: URL) => URL | string | Promise<URL | string>
  /** How often one piece of work may ask a person for more scopes. @default 1 */
  readonly maxStepUps?: number | undefined
}

const OPTIONS: OptionNames<WithSignInOptions> = { signIn: true, maxStepUps: true }

const OWNER = '@valetkey/mcp'

/**
 * Runs work of a program that has its person at hand, such as `client.connect` or `client.callTool`; signs them in where it fails
 * for the lack of a sign-in, or for a scope (the SDK's `InsufficientScopeError`), and runs it again. In one piece of work a person
 * signs in once at most, and grants more scopes `maxStepUps` times at most; the work then rejects with its last error. Where another
 * process has been granted the scopes already, its token is used, and nobody is asked.
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

  /** A person answers one question after the other; most others are answered by then. */
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
