/** What the contract's API answers instead of judging the token of a request. */
export interface ScriptedAnswer {
  /** @default 200 */
  readonly status?: number | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** @default '' */
  readonly body?: string | undefined
  /** How often the body is sent, one after the other. @default 1 */
  readonly times?: number | undefined
  /** `never`: it stays open after the body; `at once`: the connection is cut before anything was answered. @default after the body */
  readonly ends?: 'never' | 'at once' | undefined
}

/** How the API of one test behaves. Paths have no query; `TOKEN_PATH` is the token endpoint's. */
export interface Script {
  /** The tokens that the API accepts; to others it says 401. @default every token that was issued */
  readonly accepts?: readonly string[] | undefined
  /** By path: one answer for every request, or a list of answers for the first ones. */
  readonly answers?: Readonly<Record<string, ScriptedAnswer | readonly ScriptedAnswer[]>> | undefined
  /** Paths whose requests wait until they are released. */
  readonly holds?: readonly string[] | undefined
}

export const TOKEN_PATH = '/token'

/** The n-th token that the endpoint of a test gives out. */
export function tokenOf(count: number): string {
  return `token-${count}-canary-91d2`
}

/** One request as it reached the API. */
export interface Arrival {
  readonly origin: string
  readonly method: string
  /** With the query. */
  readonly path: string
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  /** One character per byte. */
  readonly body: string
}

export interface SceneLog {
  readonly arrivals: readonly Arrival[]
  readonly tokenCalls: number
}

/** What a test asks of the server, as the JSON body of `POST url/scene`; the answer is JSON, or empty. */
export type Command =
  | { readonly command: 'play'; readonly script: Script }
  | { readonly command: 'release'; readonly path: string }
  /** Answered when so many requests have come to the path. */
  | { readonly command: 'waitForArrivals'; readonly path: string; readonly count: number }
  /** Answered when the first answer of the path is finished, or its connection gone. */
  | { readonly command: 'waitForEnd'; readonly path: string }
  | { readonly command: 'log' }
  | { readonly command: 'close' }
