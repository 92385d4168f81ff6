import { createTokenCredential, type TokenSet, type TokenStore } from '@valetkey/core'
import { postgresStore } from '@valetkey/store-postgres'
import { openListener, pgPool, postgresJs } from '../../support/clients.ts'

/** Not reached: whoever waits for another's refresh goes on when it hears of it, or never. */
const NEVER_MS = 600_000

/** Renews the token when its parent says so, reports the token it then has, and tells when it waits. */
const [port, index, vendorUrl] = process.argv.slice(2)
const library = Number(index) % 2 ? pgPool : postgresJs
const { client } = await library.open(Number(port))
const { listener } = await openListener(library, Number(port))
const heard = postgresStore(client, { listener })
const store: TokenStore = {
  ...heard,
  async waitForChange(key, version, options) {
    process.send?.('waiting')
    await heard.waitForChange?.(key, version, { ...options, timeoutMs: NEVER_MS })
  },
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
