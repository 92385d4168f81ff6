import { OWNER, startSimulator } from './simulator.ts'

/** What the README's example finds in the environment, and where its requests go. */
export async function startExample(): Promise<{
  readonly environment: Readonly<Record<string, string>>
  readonly routes: Readonly<Record<string, string>>
  close(): PromiseLike<void>
}> {
  const simulator = await startSimulator()
  return {
    environment: { KESTREL_CLIENT_ID: OWNER.clientId, KESTREL_CLIENT_SECRET: OWNER.clientSecret },
    routes: { 'https://api.kestrel.example': simulator.baseUrl, 'https://login.kestrel.example': simulator.baseUrl },
    close: () => simulator[Symbol.asyncDispose](),
  }
}
