import { env, waitUntil } from 'cloudflare:workers'
import { createTokenCredential } from '@valetkey/core'

/** Of the module, as programs for Workers have it: all requests share one refresh. */
const credential = createCredential(env)

function createCredential({ TOKEN_URL: tokenUrl, KEEPS_ALIVE: keepsAlive }) {
  const grant = {
    async acquire({ fetch, signal }) {
      const response = await fetch(tokenUrl, { method: 'POST', signal })
      return { accessToken: await response.text(), expiresIn: 3600 }
    },
  }
  const definition = { vendor: 'acme', origins: ['https://api.example.com'], identity: ['workerd'], grant }
  return createTokenCredential(definition, keepsAlive ? { waitUntil } : {})
}

export default {
  async fetch(request) {
    const token = credential.getToken()
    if (new URL(request.url).pathname !== '/leave') return new Response((await token).accessToken)
    // This request ends while its refresh is under way: workerd then stops what it had begun.
    token.catch(() => {})
    return new Response('left')
  },
}
