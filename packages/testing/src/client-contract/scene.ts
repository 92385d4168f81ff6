import { assert } from '../store-contract/assert.ts'
import { type Command, type SceneLog, type Script, TOKEN_PATH } from './protocol.ts'
import type { ContractServer } from './subject.ts'

/** The API and the token endpoint of one test, and what reached them. */
export interface Scene {
  readonly id: string
  /** Origins of the API. */
  readonly origins: readonly [string, string]
  readonly tokenUrl: string
  /** The URL of a path at the first origin. */
  url(path: string): string
  /** The same at the second one. */
  otherUrl(path: string): string
  /** From now on the API does this. */
  play(script: Script): Promise<void>
  /** Lets the requests to a held path go on. */
  release(path: string): Promise<void>
  waitForArrivals(path: string, count: number): Promise<void>
  /** Resolves when the first answer of a path is read, or given up. */
  waitForEnd(path: string): Promise<void>
  log(): Promise<SceneLog>
  close(): Promise<void>
}

export async function openScene({ url }: ContractServer): Promise<Scene> {
  const { origins } = (await (await fetch(url)).json()) as Pick<Scene, 'origins'>
  const id = crypto.randomUUID()
  const ask = async (command: Command): Promise<unknown> => {
    const answer = await fetch(`${url}/${id}`, { method: 'POST', body: JSON.stringify(command) })
    assert(answer.ok, 'the contract server must answer')
    return answer.json()
  }
  const tell = async (command: Command): Promise<void> => void (await ask(command))
  return {
    id,
    origins,
    tokenUrl: `${url}/${id}${TOKEN_PATH}`,
    url: (path) => `${origins[0]}/${id}${path}`,
    otherUrl: (path) => `${origins[1]}/${id}${path}`,
    play: (script) => tell({ command: 'play', script }),
    release: (path) => tell({ command: 'release', path }),
    waitForArrivals: (path, count) => tell({ command: 'waitForArrivals', path, count }),
    waitForEnd: (path) => tell({ command: 'waitForEnd', path }),
    log: async () => (await ask({ command: 'log' })) as SceneLog,
    close: () => tell({ command: 'close' }),
  }
}
