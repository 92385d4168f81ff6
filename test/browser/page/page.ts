import type { TokenCredential } from '@valetkey/core'
import { password } from '@valetkey/oauth2'
import { indexedDbStore } from '@valetkey/store-indexeddb'
import { count } from './count.ts'

/** What the tests call in each tab. */
const tab = { accessToken, count, countInWorker, indexedDbStore }

declare global {
  interface Window {
    tab: typeof tab
  }
}

window.tab = tab

let credential: TokenCredential | undefined

/** The tab's credential is made once and lives as long as the tab. */
async function accessToken(tokenUrl: string): Promise<string> {
  credential ??= password({
    vendor: 'acme',
    origins: ['https://api.example.com'],
    tokenUrl,
    clientId: 'page',
    username: 'robin@example.com',
    password: 'example',
    allowInsecureRequests: true,
    store: indexedDbStore(),
  })
  return (await credential.getToken()).accessToken
}

function countInWorker(attempts: number): Promise<number> {
  const worker = new Worker(new URL('./count.worker.ts', import.meta.url), { type: 'module', name: String(attempts) })
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<number>) => resolve(data)
    worker.onerror = ({ message }) => reject(new Error(message))
  })
}
