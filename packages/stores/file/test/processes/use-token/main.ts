/** For each line on stdin, lets a lifetime pass and writes the access token that is valid then. */
import { createInterface } from 'node:readline'
import { createTokenCredential, type TokenSet } from '@valetkey/core'
import { createFileStore } from '../../../src/create-file-store.ts'
import { nodePlatform } from '../../../src/platform.ts'

const [path = '', url = ''] = process.argv.slice(2)
const LIFETIME_SECONDS = 3600

const ask = async (body: string): Promise<TokenSet> => {
  const response = await fetch(url, { method: 'POST', body })
  const { accessToken, refreshToken } = await response.json()
  return { accessToken, refreshToken, expiresIn: LIFETIME_SECONDS }
}

let passedMs = 0
const platform = nodePlatform()
const clock = { ...platform.clock, now: () => Date.now() + passedMs }
const store = createFileStore(path, { ...platform, clock })
const credential = createTokenCredential(
  {
    vendor: 'acme',
    origins: ['https://api.example.com'],
    identity: [url],
    grant: { acquire: () => ask('refresh-0'), refresh: ask },
  },
  { store, clock },
)

for await (const _ of createInterface(process.stdin)) {
  passedMs += LIFETIME_SECONDS * 1000
  const { accessToken } = await credential.getToken()
  console.log(JSON.stringify(accessToken))
}
await credential.close()
