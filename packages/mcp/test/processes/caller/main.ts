import { randomUUID } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type AuthProvider,
  Client,
  type OAuthClientProvider,
  type OAuthDiscoveryState,
  type StoredOAuthClientInformation,
  type StoredOAuthTokens,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client'
import { mcpAuth, mcpCredential, withSignIn } from '@valetkey/mcp'
import { fileStore } from '@valetkey/store-file'
import { consent } from '@valetkey-app/test-support/consent'

/** A host of an MCP server: connects, then calls a tool as often as its parent says, seven calls at a time. */
const [serverUrl = '', folder = '', how = ''] = process.argv.slice(2)
const REDIRECT_URI = 'http://127.0.0.1:8412/callback'
const AT_A_TIME = 7

/** How often the person was sent to the authorization server. */
let signIns = 0

const { authProvider, whenNeeded } = how === 'valetkey' ? valetkey() : ownProvider()
const client = new Client({ name: 'boat-host', version: '1.0.0' })
let transport = new StreamableHTTPClientTransport(new URL(serverUrl), { authProvider })
await whenNeeded(async () => {
  transport = new StreamableHTTPClientTransport(new URL(serverUrl), { authProvider })
  await client.connect(transport)
})
process.on('message', (calls: number) => void callAndTell(calls))
process.send?.({ failures: [], signIns })

async function callAndTell(calls: number): Promise<void> {
  const failures: string[] = []
  for (let left = calls; left > 0; left -= AT_A_TIME) {
    const batch = Array.from({ length: Math.min(left, AT_A_TIME) }, () => client.callTool({ name: 'boats' }))
    for (const outcome of await Promise.allSettled(batch)) {
      if (outcome.status === 'rejected') failures.push(String(outcome.reason))
    }
    // It signs in again before it goes on; that call is not counted.
    if (failures.length > 0 && how !== 'valetkey')
      await whenNeeded(() => client.callTool({ name: 'boats' })).catch(() => undefined)
  }
  process.send?.({ failures, signIns })
}

interface Host {
  readonly authProvider: AuthProvider | OAuthClientProvider
  whenNeeded(work: () => Promise<unknown>): Promise<unknown>
}

function valetkey(): Host {
  const credential = mcpCredential({
    serverUrl,
    redirectUri: REDIRECT_URI,
    store: fileStore({ path: folder }),
    allowInsecureRequests: true,
    // A token is refreshed when it has ended and not ahead of that, so that the server can count the ends.
    refreshAheadMs: 0,
    expiryLeewayMs: 0,
  })
  const signIn = (url: URL) => {
    signIns += 1
    return consent(url)
  }
  return { authProvider: mcpAuth(credential), whenNeeded: withSignIn(credential, { signIn }) }
}

/** As the examples of the SDK have it, with what it stores in a file that both processes share. */
function ownProvider(): Host {
  const file = join(folder, 'oauth.json')
  const read = async (): Promise<State> => JSON.parse(await readFile(file, 'utf8').catch(() => '{}'))
  const write = async (change: State): Promise<void> => {
    const text = JSON.stringify({ ...(await read()), ...change })
    const copy = `${file}.${randomUUID()}`
    await writeFile(copy, text)
    await rename(copy, file)
  }
  let codeVerifier = ''
  let callback: Promise<string> | undefined
  const provider: OAuthClientProvider = {
    redirectUrl: REDIRECT_URI,
    clientMetadata: { redirect_uris: [REDIRECT_URI], token_endpoint_auth_method: 'none' },
    clientInformation: async () => (await read()).client,
    saveClientInformation: (client) => write({ client }),
    tokens: async () => (await read()).tokens,
    saveTokens: (tokens) => write({ tokens }),
    discoveryState: async () => (await read()).discovery,
    saveDiscoveryState: (discovery) => write({ discovery }),
    invalidateCredentials: async (scope) => {
      if (scope === 'all' || scope === 'client') await write({ client: undefined })
      if (scope === 'all' || scope === 'tokens') await write({ tokens: undefined })
    },
    saveCodeVerifier: (verifier) => {
      codeVerifier = verifier
    },
    codeVerifier: () => codeVerifier,
    redirectToAuthorization: (url) => {
      signIns += 1
      callback = consent(url)
    },
  }
  return {
    authProvider: provider,
    async whenNeeded(work) {
      try {
        return await work()
      } catch {
        const location = callback && new URL(await callback)
        callback = undefined
        if (location) await transport.finishAuth(location.searchParams)
        return work()
      }
    },
  }
}

interface State {
  readonly client?: StoredOAuthClientInformation | undefined
  readonly tokens?: StoredOAuthTokens | undefined
  readonly discovery?: OAuthDiscoveryState | undefined
}
