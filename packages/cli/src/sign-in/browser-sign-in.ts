import { isCredentialError } from '@valetkey/core'
import { CliError, EXIT } from '../cli-error.ts'
import { unlessAborted } from '../ending.ts'
import type { CommandIo } from '../io.ts'
import type { Output } from '../output.ts'
import type { BrowserCredential, PendingSignIn } from '../vendors/credential-kind.ts'
import type { Answer, CallbackServer } from './callback-server.ts'
import { openBrowser } from './open-browser.ts'

export interface BrowserSignIn {
  readonly io: CommandIo
  readonly output: Output
  readonly server: CallbackServer
  /** The program that opens a page; `none`: the person does. */
  readonly browser: string | undefined
}

/** A callback that answers another sign-in, or none: it neither helps nor harms this one. */
const FOREIGN: readonly string[] = ['state_mismatch', 'invalid_callback']

/**
 * Sends the person to the vendor and waits until they are back; the credential then has its tokens.
 * @throws CredentialError as `completeSignIn`; CliError `sign_in_expired`; what aborted `io.signal`
 */
export async function signInByBrowser(credential: BrowserCredential, parts: BrowserSignIn): Promise<void> {
  const { io, output, server, browser } = parts
  const { url, signIn } = await unlessAborted(io.signal, credential.beginSignIn())
  output.note('Sign in at this address:', '', url.href, '')
  const foreign: string[] = []
  const expiry = new AbortController()
  const timer = setTimeout(() => expiry.abort(expired(foreign)), Math.max(0, signIn.expiresAt - Date.now()))
  try {
    const answer = (callback: URL): Promise<Answer> => answerOf(credential, callback, signIn, foreign, output)
    // The vendor may send a browser back at once, while the program that opened it still runs.
    const back = server.wait(answer, AbortSignal.any([io.signal, expiry.signal]))
    const isOpened = await Promise.race([back, openBrowser(url, io, browser)])
    if (isOpened !== undefined)
      output.note(
        isOpened ? 'It is open in your browser. Waiting …' : 'Open it in a browser on this machine. Waiting …',
      )
    await back
  } finally {
    clearTimeout(timer)
  }
}

async function answerOf(
  credential: BrowserCredential,
  callback: URL,
  signIn: PendingSignIn,
  foreign: string[],
  output: Output,
): Promise<Answer> {
  try {
    await credential.completeSignIn(callback, signIn)
    return { page: 'signedIn', isFinal: true }
  } catch (error) {
    if (!isCredentialError(error, 'sign_in_failed')) return { page: 'failed', isFinal: true, error }
    if (!FOREIGN.includes(error.reason)) {
      return { page: error.reason === 'access_denied' ? 'refused' : 'failed', isFinal: true, error }
    }
    foreign.push(error.reason)
    output.note('An answer came that does not belong to this sign-in; it was refused. Still waiting …')
    return { page: 'foreign', isFinal: false }
  }
}

function expired(foreign: readonly string[]): CliError {
  const seen =
    foreign.length === 0 ? 'no answer came' : `${foreign.length} answers of other sign-ins came, and none of this`
  return new CliError('sign_in_expired', EXIT.signInFailed, `the sign-in took too long: ${seen}; try again`)
}
