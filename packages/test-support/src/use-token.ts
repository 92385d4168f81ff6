import type { TokenStore } from '@valetkey/core'
import { acmeCredential } from './acme-credential.ts'

/** Not reached: a process that waits for another's refresh continues when it gets the change, or never. */
const NEVER_MS = 600_000

/** Renews the token when its parent says so, reports the token that it then has, and tells when it waits for a change. */
export function useToken(heard: TokenStore, vendorUrl: string): void {
  const store: TokenStore = {
    ...heard,
    async waitForChange(key, version, options) {
      process.send?.('waiting')
      await heard.waitForChange?.(key, version, { ...options, timeoutMs: NEVER_MS })
    },
  }
  const credential = acmeCredential(vendorUrl, { store })

  const answer = async (isRefused: boolean): Promise<void> => {
    const current = await credential.authorization()
    const renewed = isRefused ? await credential.renew(current) : current
    credential.observe?.('replayed', { generation: renewed?.generation ?? 0, status: 200, accepted: true })
    process.send?.((await credential.getToken()).accessToken)
  }
  process.on('message', (isRefused: boolean) => void answer(isRefused))
  process.send?.('ready')
}
