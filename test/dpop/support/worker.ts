// One process: each message makes it send its requests, and tell what became of them.
import { isCredentialError } from '@valetkey/core'
import { withCredential } from '@valetkey/fetch'
import { password } from '@valetkey/oauth2'
import { fileStore } from '@valetkey/store-file'

/** The one argument of a worker, as JSON. */
export interface WorkerPlan {
  readonly origin: string
  readonly folder: string
  /** At the same time, each time it is told to. */
  readonly requests: number
}

const { origin, folder, requests }: WorkerPlan = JSON.parse(process.argv[2] ?? '')
const credential = password({
  vendor: 'acme',
  clientId: 'boat-app',
  username: 'skipper',
  password: 'canary-password',
  origins: [origin],
  tokenUrl: `${origin}/token`,
  allowInsecureRequests: true,
  store: fileStore({ path: folder }),
  dpop: true,
})
const send = withCredential(fetch, credential)

process.on('message', () => void sendAll().then((outcomes) => process.send?.(outcomes)))
process.send?.([])

function sendAll(): Promise<string[]> {
  return Promise.all(Array.from({ length: requests }, sendOne))
}

async function sendOne(): Promise<string> {
  try {
    const response = await send(`${origin}/things`, { method: 'POST', body: 'a boat' })
    await response.text()
    return String(response.status)
  } catch (error) {
    return isCredentialError(error) ? error.code : String(error)
  }
}
