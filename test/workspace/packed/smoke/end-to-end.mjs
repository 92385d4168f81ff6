import * as bluesonde from '@valetkey/bluesonde'
import { memoryStore } from '@valetkey/core'
import { systemClock } from '@valetkey/core/kit'
import { withCredential } from '@valetkey/fetch'
import * as flume from '@valetkey/flume'

const REQUESTS_AT_ONCE = 10

/** Longer than any vendor's token lives. */
const LATER_MS = 8 * 24 * 3_600_000

/**
 * A program for the vendors behind `baseUrl`, the same on every runtime. Its credentials are made at once, as the module of a
 * program loads; called, it takes its steps and resolves with where it ran and what became of each: 'ok', or what went wrong.
 *
 * @param makeStore the store that the runtime has
 */
export function createProgram(baseUrl, makeStore) {
  const { clock, pass } = movableClock()
  const options = { clock, store: memoryStore({ clock }), allowInsecureRequests: true }
  const user = { username: 'robin@example.com', password: 'example-password' }
  const client = { clientId: 'example-client', clientSecret: 'example-secret' }
  const flumeOptions = { ...client, ...user, baseUrl, tokenUrl: `${baseUrl}/flume/oauth/token` }
  const water = flume.password({ ...flumeOptions, ...options })
  const buoys = bluesonde.authorizationCode({
    ...{ clientId: 'example-app', redirectUri: 'https://app.example.com/callback' },
    ...{ baseUrl, authorizationUrl: `${baseUrl}/bluesonde-auth/oauth2/auth` },
    ...{ tokenUrl: `${baseUrl}/bluesonde-auth/oauth2/token` },
    ...options,
  })
  const keyOf = (apiKey) => bluesonde.apiKey({ apiKey, baseUrl, allowInsecureRequests: true })
  const [goodKey, badKey] = [keyOf('sk_test_example'), keyOf('sk_test_unknown')]
  const keeping = () => flume.password({ ...flumeOptions, store: makeStore(), allowInsecureRequests: true })

  const tell = async (what, body = '') => (await fetch(`${baseUrl}/tell/${what}`, { method: 'POST', body })).json()
  const statusOf = async (credential, path) => (await withCredential(fetch, credential)(baseUrl + path)).status
  const useWater = async (expectedTokenCalls) => {
    const requests = Array.from({ length: REQUESTS_AT_ONCE }, () => statusOf(water, '/flume/me'))
    same(
      await Promise.all(requests),
      requests.map(() => 200),
    )
    same(await tell('token-calls'), expectedTokenCalls)
  }

  return () =>
    takeSteps({
      acquire: () => useWater(['password']),
      async refresh() {
        pass(LATER_MS)
        await tell('pass-time', LATER_MS)
        await useWater(['password', 'refresh_token'])
      },
      async refusal() {
        await tell('revoke')
        await useWater(['password', 'refresh_token', 'refresh_token'])
        await water.close()
      },
      async apiKey() {
        same(await statusOf(goodKey, '/bluesonde/v1/devices'), 200)
        same(await statusOf(badKey, '/bluesonde/v1/devices'), 401)
        same(await tell('statuses'), [200, 401])
      },
      async signIn() {
        const { url, signIn } = await buoys.beginSignIn()
        const callback = await tell('allow', url.href)
        await buoys.completeSignIn(callback, signIn)
        same(await statusOf(buoys, '/bluesonde/v1/devices'), 200)
        const again = await buoys.completeSignIn(callback, signIn).catch(({ code, reason }) => [code, reason])
        same(again, ['sign_in_failed', 'already_used'])
        await buoys.close()
      },
      async store() {
        const before = (await tell('token-calls')).length
        const [first, second] = [keeping(), keeping()]
        const { accessToken } = await first.getToken()
        await first.close()
        same(await second.getToken().then((token) => token.accessToken === accessToken), true)
        await second.close()
        same((await tell('token-calls')).length, before + 1)
      },
    })
}

/** The machine's clock, and how to be later. */
function movableClock() {
  const clock = systemClock
  let passedMs = 0
  return {
    clock: { ...clock, now: () => clock.now() + passedMs, monotonic: () => clock.monotonic() + passedMs },
    pass(ms) {
      passedMs += ms
    },
  }
}

async function takeSteps(steps) {
  const report = { ranOn: globalThis.navigator?.userAgent ?? `Node.js/${process.versions.node}` }
  for (const [name, step] of Object.entries(steps)) {
    try {
      await step()
      report[name] = 'ok'
    } catch (error) {
      report[name] = String(error)
    }
  }
  return report
}

function same(actual, expected) {
  const [was, wanted] = [actual, expected].map((value) => JSON.stringify(value))
  if (was !== wanted) throw new Error(`${was} instead of ${wanted}`)
}
