import { expect, test } from 'vitest'
import { createTokenCredential, type TokenCredentialDefinition } from '../src/index.ts'

const proofKey = { privateJwk: { kty: 'EC' } } as never
const extra = { site: 'harbour' }
const tokens = { accessToken: 'access-1', tokenType: 'DPoP', extra, proofKey }
const sent = { url: 'https://api.acme.example/v1', method: 'POST' } as never

/** A credential whose proofs are these headers, and what each was asked for with. */
function setUp(added?: Record<string, string>) {
  const asked: unknown[] = []
  const proof: TokenCredentialDefinition['proof'] = async (...args) => {
    asked.push(args)
    return added
  }
  const credential = createTokenCredential({
    vendor: 'acme',
    origins: ['https://api.acme.example'],
    identity: ['proof'],
    grant: { acquire: async () => ({ ...tokens, expiresIn: 3600 }) },
    place: ({ accessToken }) => ({ headers: { authorization: `DPoP ${accessToken}` }, query: { v: '1' } }),
    carries: { headers: ['authorization', 'dpop'], query: ['v'] },
    proof,
  })
  return { credential, asked }
}

test('a proof is made of the tokens of the authorization, for what is sent, and added to it', async () => {
  const { credential, asked } = setUp({ dpop: 'proof-1' })
  const authorization = await credential.authorization()
  const answer = { status: 401 } as never
  const proven = await credential.prove?.(authorization, sent, answer)
  expect(asked).toEqual([[tokens, sent, answer]])
  expect([proven?.generation, proven?.headers, proven?.query]).toEqual([
    authorization.generation,
    { authorization: 'DPoP access-1', dpop: 'proof-1' },
    { v: '1' },
  ])
})

test('without a proof the authorization stays as it is', async () => {
  const { credential } = setUp()
  expect(await credential.prove?.(await credential.authorization(), sent)).toBeUndefined()
})

test('an authorization of another credential is not proven', async () => {
  const { credential, asked } = setUp({ dpop: 'proof-1' })
  expect(await credential.prove?.(await setUp().credential.authorization(), sent)).toBeUndefined()
  expect(asked).toEqual([])
})
