import { writeSync } from 'node:fs'
import { memoryStore } from '@valetkey/core'
import { clientCredentials } from '@valetkey/oauth2'

/** A program that stands still, longer than its callers wait, while its token request is answered. Prints how that ended. */
const [tokenUrl = ''] = process.argv.slice(2)
const MAX_WAIT_MS = 3_000
process.once('message', () => {
  writeSync(1, 'frozen\n')
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, MAX_WAIT_MS + 1_000)
})
const credential = clientCredentials({
  vendor: 'acme',
  origins: ['https://api.acme.example'],
  tokenUrl,
  clientId: 'client',
  clientSecret: 'client-secret',
  allowInsecureRequests: true,
  store: memoryStore(),
  maxWaitMs: MAX_WAIT_MS,
})
const token = await credential.getToken().catch((error: { code?: string }) => ({ accessToken: error.code }))
console.log(token.accessToken)
process.disconnect()
