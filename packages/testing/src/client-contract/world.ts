import {
  type Credential,
  type CredentialSource,
  createTokenCredential,
  GrantError,
  memoryStore,
  type TokenCredential,
  type TokenSet,
} from '@valetkey/core'
import { type VirtualClock, virtualClock } from '../virtual-clock.ts'
import { openScene, type Scene } from './scene.ts'
import type {
  ClientContractOptions,
  ClientSetup,
  ClientUnderTest,
  ContractAnswer,
  ContractRequest,
  MakeClient,
} from './subject.ts'
import { namesOf, place, type TokenPlace } from './token-place.ts'

/** One test: an API, a token endpoint, and clients to call them with. */
export interface World {
  readonly options: ClientContractOptions
  readonly scene: Scene
  readonly clock: VirtualClock
  /** A credential for the first origin, whose tokens come from the token endpoint. */
  credential(changes?: CredentialChanges): TokenCredential
  /** A client with the plugin, or as it is without it. */
  client(source: CredentialSource | undefined, setup?: Partial<ClientSetup>): Promise<Client>
}

export interface CredentialChanges {
  readonly tokenPlace?: TokenPlace | undefined
  readonly origins?: readonly string[] | undefined
  readonly refuses?: Credential['refuses'] | undefined
  /** A refused token may be one that the API does not know yet. In the other tests it is not. @default false */
  readonly hasYoungTokens?: boolean | undefined
  /** A user has to sign in first. */
  readonly needsSignIn?: boolean | undefined
}

export interface Client extends Omit<ClientUnderTest, 'send'> {
  /** `GET` unless the request says something else. */
  send(url: string, request?: Partial<ContractRequest>): Promise<ContractAnswer>
}

/** As long as `close()` waits; nothing else advances the clock by then. */
const CLOSING_MS = 8_000

export async function inWorld(
  makeClient: MakeClient,
  options: ClientContractOptions,
  run: (world: World) => Promise<void>,
): Promise<void> {
  const server = await options.server()
  const scene = await openScene(server)
  const clock = virtualClock()
  const opened: TokenCredential[] = []
  const credential: World['credential'] = (changes = {}) => {
    const made = createCredential(scene, clock, changes)
    opened.push(made)
    return made
  }
  const client: World['client'] = async (source, setup) =>
    withDefaults(await makeClient({ ...SETUP, ...setup, source }))
  try {
    await run({ options, scene, clock, credential, client })
  } finally {
    // The scene releases what it holds, since a credential may wait for it; the credential's waits use the clock.
    await clock.runUntil(Promise.all([...opened.map((it) => it.close()), scene.close()]), CLOSING_MS)
    await server.close?.()
  }
}

const SETUP: Omit<ClientSetup, 'source'> = {
  baseUrl: undefined,
  replay: true,
  uncovered: 'send',
  onUncovered: undefined,
  retries: 0,
  hooks: undefined,
  onSend: undefined,
}

const REQUEST: Omit<ContractRequest, 'url'> = {
  method: 'GET',
  headers: {},
  body: undefined,
  json: undefined,
  signal: undefined,
  timeoutMs: undefined,
  options: {},
  isStreamed: false,
}

function withDefaults(client: ClientUnderTest): Client {
  return {
    instance: client.instance,
    detach: () => client.detach(),
    send: (url, request) => client.send({ ...REQUEST, ...request, url }),
  }
}

function createCredential(scene: Scene, clock: VirtualClock, changes: CredentialChanges): TokenCredential {
  const { tokenPlace = 'authorization', origins = [scene.origins[0]], refuses, hasYoungTokens, needsSignIn } = changes
  const acquire = ({ fetch, signal }: { readonly fetch: typeof globalThis.fetch; readonly signal: AbortSignal }) =>
    askForToken(scene, fetch, signal)
  const credential = createTokenCredential(
    {
      vendor: 'acme',
      origins,
      identity: [scene.id],
      carries: namesOf(tokenPlace),
      place: ({ accessToken }) => place(tokenPlace, accessToken),
      refuses,
      grant: needsSignIn ? { refresh: acquireNothing } : { acquire },
    },
    { clock, store: memoryStore({ clock }), allowInsecureRequests: true },
  )
  return hasYoungTokens ? credential : { ...credential, untilKnown: () => undefined }
}

/** Not called: no user signs in. */
function acquireNothing(): Promise<never> {
  return Promise.reject(new GrantError({ kind: 'reauthorization_required', sent: false }))
}

async function askForToken(scene: Scene, fetch: typeof globalThis.fetch, signal: AbortSignal): Promise<TokenSet> {
  const answer = await fetch(scene.tokenUrl, { method: 'POST', signal })
  if (answer.ok) return (await answer.json()) as TokenSet
  throw new GrantError({ kind: 'client_rejected', sent: true, status: answer.status })
}
