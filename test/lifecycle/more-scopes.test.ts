import { withCredential } from '@valetkey/fetch'
import { authorizationCode } from '@valetkey/oauth2'
import { expect, test } from 'vitest'
import { serve } from '../../packages/test-support/src/serve.ts'

const REDIRECT_URI = 'https://boats.example.com/callback'

test('what an API asks for is asked of the person together with what was granted, at the cost of no refresh and no replay', async () => {
  let granted = ''
  const server = await serve(({ path, headers }) => {
    const json = { 'content-type': 'application/json' }
    if (path === '/token') {
      const body = { token_type: 'Bearer', refresh_token: 'r', scope: granted }
      return { headers: json, body: JSON.stringify({ ...body, access_token: granted.replaceAll(' ', '+') }) }
    }
    if (headers.authorization === 'Bearer boats.read+boats.write') return { body: 'saved' }
    const challenge = 'Bearer error="insufficient_scope", scope="boats.write", resource_metadata="https://a.example/m"'
    return { status: 403, headers: { 'www-authenticate': challenge } }
  })
  const { origin } = server
  const credential = authorizationCode({
    vendor: 'acme',
    origins: [origin],
    tokenUrl: `${origin}/token`,
    authorizationUrl: 'https://login.example.com/authorize',
    clientId: 'boat-app',
    redirectUri: REDIRECT_URI,
    scopes: ['boats.read'],
    allowInsecureRequests: true,
  })
  const people = credential.for('skipper')
  const signIn = async (addScopes?: readonly string[]) => {
    const { url, signIn: pending } = await people.beginSignIn({ addScopes })
    granted = url.searchParams.get('scope') ?? ''
    await people.completeSignIn(`${REDIRECT_URI}?code=c&state=${pending.state}`, pending)
  }
  const required: { account: string; scopes: readonly string[]; resourceMetadata?: string | undefined }[] = []
  credential.on('scope_required', (event) => required.push(event))
  await signIn()
  const acmeFetch = withCredential(fetch, people)
  const save = () => acmeFetch(`${origin}/boats`, { method: 'POST', body: 'Kittiwake' })
  expect((await save()).status).toBe(403)
  expect(server.received.map(({ path }) => path)).toEqual(['/token', '/boats'])
  expect(required).toMatchObject([
    { account: 'skipper', status: 403, scopes: ['boats.write'], resourceMetadata: 'https://a.example/m' },
  ])
  await signIn(required[0]?.scopes)
  expect(await (await save()).text()).toBe('saved')
  expect(required).toHaveLength(1)
})
