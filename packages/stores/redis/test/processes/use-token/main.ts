import { createTokenCredential, type TokenSet, type TokenStore } from '@valetkey/core'
import { redisStore } from '@valetkey/store-redis'
import { LIBRARIES } from '../../support/clients.ts'

/** Not reached: whoever waits for another's refresh goes on when it hears of it, or never. */
const NEVER_MS = 600_000

/** Renews the token as often as its parent says, and reports the token it then has. */
const [port, library, vendorUrl] = process.argv.slice(2)
const [client, subscriber] = await Promise.all([1, 2].map(() => LIBRARIES[Number(library)]!.open(Number(port))))
const heard = redisStore(client!.client, { subscriber: subscriber!.client })
const store: TokenStore = {
  ...heard,
  waitForChange: async (key, version, options) =>
    heard.waitForChange?.(key, version, { ...options, timeoutMs: NEVER_MS }),
}

const ask = async (refreshToken: string): Promise<TokenSet> => {
  const response = await fetch(String(vendorUrl), { method: 'POST', body: refreshToken })
  return JSON.parse(await response.text())
}

const credential = createTokenCredential(
  {
    vendor: 'acme',
    origins: ['https://api.acme.example'],
    identity: ['test'],
    grant: { issue: () => ask(''), refresh: ask },
  },
  { store },
)

async function answer(isRefused: boolean): Promise<void> {
  const current = await credential.authorization()
  const renewed = isRefused ? await credential.renew(current) : current
  credential.observe?.('replayed', { generation: renewed?.generation ?? 0, status: 200, accepted: true })
  process.send?.((await credential.getToken()).accessToken)
}

process.on('message', (isRefused: boolean) => void answer(isRefused))
process.send?.('ready')
