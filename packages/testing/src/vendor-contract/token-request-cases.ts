import { INNER_FETCH } from '@valetkey/core/kit'
import { assert, assertText } from '../store-contract/assert.ts'
import { rejectionOf } from './expect-error.ts'
import { textsOf } from './send.ts'
import { urlOptions, type VendorCase, type VendorUnderTest } from './subject.ts'
import { TOKEN_PREFIX, textOf } from './token-endpoint.ts'
import { inWorld, type World } from './world.ts'

const REDIRECTS = [301, 302, 303, 307, 308]
const USES = 100

/** Of credentials with tokens. */
export function tokenRequestCases(vendor: VendorUnderTest): VendorCase[] {
  return [
    { name: 'a hundred uses at once ask for one token, which is on each request', run: once },
    { name: 'a token request is a POST without a secret in its URL', run: post },
    { name: 'a token request carries no earlier token, also when the program’s fetch adds one', run: bare },
    ...(urlOptions(vendor).includes('tokenUrl')
      ? [{ name: '"tokenUrl" is where tokens are asked for', run: tokenUrl }]
      : []),
  ]
    .map(({ name, run }): VendorCase => ({ name, run: () => inWorld(vendor, run) }))
    .concat(
      REDIRECTS.map((status) => ({
        name: `a token request is not sent on by a ${status}`,
        run: () => inWorld(vendor, notRedirected, () => new Response(null, { status, headers: { location: EVIL } })),
      })),
    )
}

const EVIL = 'https://evil.example/token'

async function once({ connectTokens, tokenRequests }: World): Promise<void> {
  const credential = connectTokens()
  const uses = await Promise.all(Array.from({ length: USES }, async () => credential.authorization()))
  assert(tokenRequests.length === 1, `${USES} uses at once must ask for one token, not ${tokenRequests.length}`)
  const { accessToken } = await credential.getToken()
  const isOnAll = uses.every((authorization) => textsOf(authorization).some((text) => text.includes(accessToken)))
  assert(isOnAll, 'every request must carry the token')
}

async function post({ vendor, connectTokens, tokenRequests }: World): Promise<void> {
  await connectTokens().getToken()
  for (const { url, method } of tokenRequests) {
    assertText(method, 'POST', 'the method of a token request')
    assert(url.startsWith('https://'), 'a token request must go over https')
    const decoded = decodeURIComponent(url.replaceAll('+', ' '))
    const shown = vendor.secrets.filter((option) => decoded.includes(vendor.options[option] ?? ''))
    assert(shown.length === 0, `the URL of a token request must not hold ${shown.join()}`)
  }
}

async function tokenUrl({ connectTokens, tokenRequests }: World): Promise<void> {
  const url = 'https://proxy.example/some/token'
  await connectTokens({ tokenUrl: url }).getToken()
  assertText(tokenRequests[0]?.url, url, 'the URL of a token request')
}

async function bare({ fetch: inner, connectTokens, tokenRequests }: World): Promise<void> {
  let isOuterUsed = false
  const outer: typeof fetch = (input, init) => {
    isOuterUsed = true
    return inner(input, init)
  }
  const credential = connectTokens({ fetch: Object.defineProperty(outer, INNER_FETCH, { value: inner }) })
  await credential.renew(await credential.authorization())
  assert(
    !isOuterUsed,
    'a token request must not go through the fetch that adds credentials, but through the one within',
  )
  const isShown = tokenRequests.some((request) => textOf(request).includes(`${TOKEN_PREFIX}1`))
  assert(!isShown, 'a token request must not carry an access token')
}

async function notRedirected({ connectTokens, tokenRequests }: World): Promise<void> {
  await rejectionOf(connectTokens().getToken(), ['token_unavailable'], 'after a redirect')
  for (const { url, redirect } of tokenRequests) {
    assert(url !== EVIL, 'a token request must not follow a redirect')
    assert(redirect !== 'follow', 'a token request must ask fetch not to follow redirects')
  }
}
