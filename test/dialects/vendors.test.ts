import { withCredential } from '@valetkey/fetch'
import { type AuthorizationCodeOptions, authorizationCode, customGrant, type SignInCredential } from '@valetkey/oauth2'
import { describe, expect, test } from 'vitest'
import { CLIENT_ID, CLIENT_SECRET, type Imitation, startImitation } from './imitation.ts'
import { ROWS, type Row } from './vendors.ts'

function connect({ vendor, options }: Row, { origin }: Imitation): SignInCredential {
  const complete: AuthorizationCodeOptions = {
    vendor,
    origins: [origin],
    authorizationUrl: `${origin}/authorize`,
    tokenUrl: `${origin}/token`,
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    redirectUri: 'https://boats.example.com/callback',
    allowInsecureRequests: true,
    ...options,
  }
  return authorizationCode(complete)
}

async function signIn(credential: SignInCredential): Promise<void> {
  const { url, signIn: pending } = await credential.beginSignIn()
  const answer = await fetch(url, { redirect: 'manual' })
  const callback = answer.headers.get('location') ?? `${await answer.text()}`
  await credential.completeSignIn(callback, pending)
}

describe.each(ROWS.map((row) => [row.vendor, row] as const))('%s, by options alone', (_vendor, row) => {
  async function start() {
    const imitation = await startImitation(row.rules)
    const credential = connect(row, imitation)
    if (row.isImported) await credential.importTokens({ refreshToken: imitation.grant() })
    else await signIn(credential)
    const api = withCredential(fetch, credential)
    const call = async () => (await api(`${imitation.origin}/things`)).json()
    return { imitation, credential, call, [Symbol.asyncDispose]: () => imitation[Symbol.asyncDispose]() }
  }

  test('signs in and calls', async () => {
    await using world = await start()
    expect(await world.call()).toEqual({ ok: true })
    expect(world.imitation.tokenRequests).toHaveLength(1)
  })

  test('refreshes twice, and each request is answered', async () => {
    await using world = await start()
    await world.call()
    const before = world.imitation.tokenRequests.length
    for (const refreshes of [1, 2]) {
      await world.credential.renew(await world.credential.authorization())
      world.imitation.expire()
      await world.credential.renew(await world.credential.authorization())
      expect(await world.call()).toEqual({ ok: true })
      expect(world.imitation.tokenRequests.length - before).toBe(2 * refreshes)
    }
    if (row.details) expect(await world.credential.details()).toMatchObject(row.details)
  })

  test('a dead refresh token asks for a person', async () => {
    await using world = await start()
    await world.call()
    world.imitation.revoke()
    const refused = await world.credential.authorization()
    await expect(world.credential.renew(refused)).rejects.toMatchObject({ code: 'reauthorization_required' })
    expect(await world.credential.status()).toMatchObject({ renewable: false })
  })
})

test('zoom, server to server: the account is a parameter of its own grant', async () => {
  await using imitation = await startImitation({
    client: 'basic',
    encoding: 'form',
    grantTypes: ['account_credentials'],
    required: { account_id: 'account-1' },
    rotates: false,
    answer: ({ accessToken }) => ({ access_token: accessToken, token_type: 'bearer', expires_in: 3600 }),
    dead: { status: 400, body: {} },
  })
  const { origin } = imitation
  // https://developers.zoom.us/docs/internal-apps/s2s-oauth/
  const credential = customGrant({
    vendor: 'zoom',
    origins: [origin],
    tokenUrl: `${origin}/token`,
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    grantType: 'account_credentials',
    parameters: { account_id: 'account-1' },
    allowInsecureRequests: true,
  })
  const api = withCredential(fetch, credential)
  expect(await (await api(`${origin}/things`)).json()).toEqual({ ok: true })
})
