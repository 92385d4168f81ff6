import type { AuthorizationCodeOptions, SignInCredential } from '@valetkey/oauth2'
import { authorizationCode } from '@valetkey/oauth2'

/** Of a vendor of `startIdleVendor`. */
export function connect(options: Partial<AuthorizationCodeOptions>): SignInCredential {
  return authorizationCode({
    vendor: 'acme',
    origins: ['https://api.acme.example'],
    clientId: 'boat-app',
    clientSecret: 'invented-secret',
    redirectUri: 'https://boats.example/callback',
    authorizationUrl: 'https://login.acme.example/authorize',
    allowInsecureRequests: true,
    ...options,
  })
}

/** A person signs in. */
export async function signIn(credential: SignInCredential): Promise<void> {
  const { signIn: pending } = await credential.beginSignIn()
  const query = new URLSearchParams({ code: credential.account, state: pending.state })
  await credential.completeSignIn(`?${query}`, pending)
}

export async function signInAll(credential: SignInCredential, accounts: readonly string[]): Promise<void> {
  for (const account of accounts) await signIn(credential.for(account))
}

export function names(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `skipper-${index + 1}`)
}

/** Counts calls that are under way. */
export function createCounter() {
  let underWay = 0
  return {
    counted:
      <Given extends unknown[], Result>(call: (...given: Given) => Promise<Result>) =>
      async (...given: Given): Promise<Result> => {
        underWay += 1
        try {
          return await call(...given)
        } finally {
          underWay -= 1
        }
      },
    /** Resolves when none is, and none begins any more by itself. */
    async settle(): Promise<void> {
      for (let quiet = 0; quiet < QUIET_TURNS; quiet = underWay === 0 ? quiet + 1 : 0)
        await new Promise<void>((resolve) => setImmediate(resolve))
    },
  }
}

/** Turns of the event loop; between two calls that belong together there is less. */
const QUIET_TURNS = 5

/** A request whose answer has arrived as a whole. */
export const wholeFetch: typeof fetch = async (...request) => {
  const response = await fetch(...request)
  return new Response(await response.text(), response)
}
