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
import { type Carrier, namesOf, place } from './carrier.ts'
import { openScene, type Scene } from './scene.ts'
import type {
  ClientContractOptions,
  ClientSetup,
  ClientUnderTest,
  ContractAnswer,
  ContractRequest,
  MakeClient,
} from './subject.ts'

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
  readonly carrier?: Carrier | undefined
  readonly origins?: readonly string[] | undefined
  readonly refuses?: Credential['refuses'] | undefined
  /** Somebody has to sign in first. */
  readonly needsSignIn?: boolean | undefined
}

export interface Client extends Omit<ClientUnderTest, 'send'> {
  /** `GET` unless the request says something else. */
  send(url: string, request?: Partial<ContractRequest>): Promise<ContractAnswer>
}

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
    await Promise.all(opened.map((it) => it.close()))
    await scene.close()
    await server.close?.()
  }
}

const SETUP: Omit<ClientSetup, 'source'> = {
  baseUrl: undefined,
  replay: true,
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
  const { carrier = 'authorization', origins = [scene.origins[0]], refuses, needsSignIn } = changes
  const issue = ({ fetch, signal }: { readonly fetch: typeof globalThis.fetch; readonly signal: AbortSignal }) =>
    askForToken(scene, fetch, signal)
  return createTokenCredential(
    {
      vendor: 'acme',
      origins,
      identity: [scene.id],
      carries: namesOf(carrier),
      place: ({ accessToken }) => place(carrier, accessToken),
      refuses,
      grant: needsSignIn ? { refresh: issueNothing } : { issue },
    },
    { clock, store: memoryStore({ clock }), allowInsecureRequests: true },
  )
}

/** Not called, since nobody signs in. */
function issueNothing(): Promise<never> {
  return Promise.reject(new GrantError({ kind: 'grant_dead', sent: false }))
}

async function askForToken(scene: Scene, fetch: typeof globalThis.fetch, signal: AbortSignal): Promise<TokenSet> {
  const answer = await fetch(scene.tokenUrl, { method: 'POST', signal })
  if (answer.ok) return (await answer.json()) as TokenSet
  throw new GrantError({ kind: 'client_rejected', sent: true, status: answer.status })
}
