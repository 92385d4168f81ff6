import type { Clock, CredentialOptions, TokenCredential } from '@valetkey/core'
import { storeSignIn } from '@valetkey/core'
import { requestDeviceCode } from './device-authorization.ts'
import type { DeviceSignIn } from './device-credential.ts'
import type { Polling } from './poll-for-tokens.ts'
import { pollForTokens } from './poll-for-tokens.ts'
import { requestSignIn } from './request-sign-in.ts'
import { signInFailed } from './sign-in-error.ts'
import type { TokenEndpoint } from './token-endpoint.ts'

type Settings = CredentialOptions & { readonly clock: Clock }

/** The sign-ins under way, of all accounts. */
export interface DeviceSignIns {
  /** @throws CredentialError, `signal.reason` */
  begin(credential: TokenCredential, signal: AbortSignal | null | undefined): Promise<DeviceSignIn>
  /** Ends them; resolves when nothing is left to be stored. */
  end(): Promise<void>
}

export function createDeviceSignIns(endpoint: TokenEndpoint, settings: Settings): DeviceSignIns {
  const underWay = new Map<() => void, Promise<unknown>>()
  return {
    begin(credential, signal) {
      const { vendor, account } = credential
      const closing = new AbortController()
      const close = () => closing.abort(signInFailed('closed', 'the credential was closed', { vendor, account }))
      const signals = signal ? [signal, closing.signal] : [closing.signal]
      const beginning = begin(createPolling(endpoint, settings, credential, signals), settings, credential)
      const over = beginning.then(({ done }) => done).catch(() => undefined)
      underWay.set(close, over)
      void over.then(() => underWay.delete(close))
      return beginning
    },
    async end() {
      for (const close of underWay.keys()) close()
      await Promise.all(underWay.values())
    },
  }
}

function createPolling(
  endpoint: TokenEndpoint,
  settings: Settings,
  { vendor, account }: TokenCredential,
  signals: AbortSignal[],
): Polling {
  const of = { vendor, account }
  const signal = AbortSignal.any(signals)
  return {
    endpoint,
    clock: settings.clock,
    signal,
    of,
    ask: (work) => requestSignIn(settings, of, work, signal),
  }
}

async function begin(polling: Polling, settings: Settings, credential: TokenCredential): Promise<DeviceSignIn> {
  const { endpoint, clock, ask } = polling
  const authorization = await ask((context) => requestDeviceCode(endpoint, settings, context))
  const { userCode, verificationUri, verificationUriComplete, lifetimeMs } = authorization
  // What was asked for is granted unless the vendor says otherwise (RFC 6749 §5.1).
  const scopes = endpoint.scopes.length === 0 ? undefined : endpoint.scopes
  const done = pollForTokens(polling, authorization).then((tokens) =>
    storeSignIn(credential, { ...tokens, scopes: tokens.scopes ?? scopes }),
  )
  return {
    userCode,
    verificationUri,
    ...(verificationUriComplete !== undefined && { verificationUriComplete }),
    expiresAt: clock.now() + lifetimeMs,
    done,
  }
}
