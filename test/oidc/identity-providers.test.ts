import { isCredentialError, type TokenCredential } from '@valetkey/core'
import { withCredential } from '@valetkey/fetch'
import type { SignInCredential } from '@valetkey/oauth2'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { loadProgram } from '../workspace/examples/program.ts'
import { type IdentityProviders, identityProviders } from './support/identity-providers.ts'

interface Program {
  readonly program: TokenCredential
  readonly people: SignInCredential
  readonly api: typeof fetch
}

const BOATS = 'https://api.boats.example.com/boats'

/** Each section of the page, and what of it says which API the program's token is for. */
const PROVIDERS = [
  ['Auth0', ', tokenParameters: { audience }'],
  ['Keycloak', "  scopes: ['boats-api'],"],
  ['Okta', ", scopes: ['boats.read']"],
  ['Microsoft Entra ID', ", scopes: ['api://boats/.default']"],
] as const

let providers: IdentityProviders

beforeEach(async () => {
  providers = await identityProviders()
  onTestFinished(() => void providers.close())
  vi.stubGlobal('fetch', providers.fetch)
  for (const vendor of ['AUTH0', 'KEYCLOAK', 'OKTA', 'MICROSOFT']) {
    vi.stubEnv(`${vendor}_CLIENT_ID`, 'boat-app')
    vi.stubEnv(`${vendor}_CLIENT_SECRET`, 'invented-secret')
  }
})

describe.each(PROVIDERS)('the program for %s', (heading, namesApi) => {
  test('gets a token that the API accepts', async () => {
    const { api } = await load(heading)
    expect((await api(BOATS)).status).toBe(200)
  })

  test('signs a person in, and refreshes', async () => {
    const { people } = await load(heading)
    await signIn(people)
    const api = withCredential(fetch, people)
    expect((await api(BOATS)).status).toBe(200)
    const first = await people.getToken()
    await people.renew(await people.authorization())
    expect((await people.getToken()).accessToken).not.toBe(first.accessToken)
    expect((await api(BOATS)).status).toBe(200)
  })

  test('gets no token for the API where it does not name it', async () => {
    const { api } = await load(heading, namesApi)
    await expect(outcomeOf(api(BOATS))).resolves.toBeOneOf([401, 'client_rejected'])
  })
})

test('Auth0: a sign-in without an audience gives a token that the API refuses', async () => {
  const { people } = await load('Auth0', 'authorizationParameters: { audience },')
  await signIn(people)
  expect(await outcomeOf(withCredential(fetch, people)(BOATS))).toBe(401)
})

test('Microsoft Entra ID: scopes of two APIs are refused', async () => {
  const { people } = await load('Microsoft Entra ID', "'offline_access'", "'https://graph.microsoft.com/User.Read'")
  await expect(signIn(people)).rejects.toMatchObject({ code: 'client_rejected' })
})

async function outcomeOf(request: Promise<Response>): Promise<unknown> {
  return request.then(
    ({ status }) => status,
    (error: unknown) => (isCredentialError(error) ? error.code : error),
  )
}

async function signIn(people: SignInCredential): Promise<void> {
  const { url, signIn: pending } = await people.beginSignIn()
  await people.completeSignIn(await providers.agree(url), pending)
}

/** The program below a heading of the page, with a part of it replaced. */
async function load(heading: string, part = '', by = ''): Promise<Program> {
  const program = await loadProgram('docs/identity-providers.md', heading, (code) => {
    const changed = code.replace(part, by)
    expect(changed === code).toBe(part === '')
    return changed
  })
  return program as Program
}
