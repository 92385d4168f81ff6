import { type CredentialOptions, memoryStore, type TokenStore } from '@valetkey/core'
import { authorizationCode, clientCredentials } from '@valetkey/oauth2'
import { virtualClock } from '@valetkey/testing'
import { onTestFinished } from 'vitest'
import { startTelemetry } from './telemetry.ts'
import { CANARY, startVendor, type Vendor } from './vendor.ts'

/** From then on a token counts as known to all servers of an API, ms. */
export const KNOWN_AFTER_MS = 5_000

function clientOf({ origin }: Vendor) {
  return {
    vendor: 'acme',
    origins: [origin],
    tokenUrl: `${origin}/token`,
    clientId: 'client',
    clientSecret: `${CANARY}-secret`,
    allowInsecureRequests: true,
  }
}

/** A vendor, the SDK, and credentials of people and of the program itself; the clock is the test's. */
export async function createWorld(atEnd: (end: () => Promise<void>) => void = onTestFinished) {
  const vendor = await startVendor()
  const telemetry = startTelemetry()
  const clock = virtualClock({ now: Date.now() })
  const memory = memoryStore({ clock })
  let tellOfWait: () => void = () => {}
  const waits = new Promise<void>((resolve) => {
    tellOfWait = resolve
  })
  const store: TokenStore = {
    ...memory,
    async waitForChange(...wait) {
      tellOfWait()
      return memory.waitForChange?.(...wait)
    },
  }
  atEnd(async () => {
    await telemetry.close()
    await vendor.close()
  })
  /** Each call is a process of its own: what they share is the store. */
  const signedIn = async (options: CredentialOptions = {}) => {
    const shared: TokenStore = { ...store }
    const redirectUri = 'https://app.example/callback'
    const credential = authorizationCode({
      ...clientOf(vendor),
      authorizationUrl: `${vendor.origin}/authorize`,
      redirectUri,
      clock,
      store: shared,
      ...options,
    })
    await credential.importTokens({ refreshToken: `${CANARY}-refresh-0` })
    return credential
  }
  const program = (options: CredentialOptions = {}) =>
    clientCredentials({ ...clientOf(vendor), clock, store: { ...store }, ...options })
  /** `waits`: a process waits at the store for another. */
  return { vendor, telemetry, clock, store, waits, signedIn, program }
}

export type World = Awaited<ReturnType<typeof createWorld>>
