import { createPerson } from '../support/person.ts'
import { createProgram } from '../support/program.ts'
import { startOidcServer } from '../support/provider.ts'
import { startApi } from './api.ts'
import { startCrew } from './crew.ts'
import { openStore, startRedis } from './redis.ts'
import { connect } from './worker-plan.ts'

export interface CycleOptions {
  readonly cycles: number
  readonly processes: number
  /** Of each process in each cycle, at the same time. */
  readonly requests: number
}

export interface CycleFigures {
  /** Requests that the API answered with 200 in the end. */
  readonly answered: number
  /** What became of the others. */
  readonly failures: readonly string[]
  /** How often the API refused a token. */
  readonly refusals: number
  /** Token requests that brought a new pair of tokens. */
  readonly refreshes: number
  /** OAuth errors of token requests. */
  readonly refused: readonly string[]
  /** Sign-ins that the provider ended because a refresh token came twice. */
  readonly reuses: number
  /** How long each cycle took, ms. */
  readonly durationsMs: readonly number[]
}

/**
 * A person signs in once. Then, in each cycle, the access token ends at the provider, and all processes find out at the same
 * time; they share the sign-in through Redis. A refresh token works once: using it again ends the sign-in.
 */
export async function runCycles({ cycles, processes, requests }: CycleOptions): Promise<CycleFigures> {
  const { metadata, options } = await createProgram('client_secret_basic')
  await using server = await startOidcServer([metadata])
  await using api = await startApi(server.provider)
  await using redis = await startRedis()
  const { clientId } = options
  const clientSecret = metadata.client_secret
  const client = { issuer: server.issuer, apiOrigin: api.origin, clientId, clientSecret }
  await signIn(client, redis.socket)
  await using crew = await startCrew(processes, { ...client, socket: redis.socket, requests })

  const outcomes = await crew.cycle()
  const durationsMs: number[] = []
  for (let cycle = 0; cycle < cycles; cycle += 1) {
    await api.endTokens()
    const startedAt = performance.now()
    outcomes.push(...(await crew.cycle()))
    durationsMs.push(performance.now() - startedAt)
  }
  return {
    answered: outcomes.filter((outcome) => outcome === '200').length,
    failures: outcomes.filter((outcome) => outcome !== '200'),
    refusals: api.counts.refused,
    refreshes: server.granted.filter((grantType) => grantType === 'refresh_token').length,
    refused: server.refused,
    reuses: server.revoked.length,
    durationsMs,
  }
}

async function signIn(client: Parameters<typeof connect>[0], socket: string): Promise<void> {
  const { store, close } = await openStore(socket)
  const credential = connect(client, store)
  const begun = await credential.beginSignIn({ extra: { prompt: 'consent' } })
  await credential.completeSignIn(await createPerson('ada').agree(begun.url), begun.signIn)
  await credential.close()
  close()
}
