import type { CredentialSource } from '@valetkey/core'
import type { Inspect } from '../find-leaks.ts'
import type { World } from './world.ts'

/** Makes a new client with the plugin for each test. */
export type MakeClient = (setup: ClientSetup) => ClientUnderTest | Promise<ClientUnderTest>

/** How a test wants its client. What a client has not, the maker leaves out and names in `cannot`. */
export interface ClientSetup {
  /** What the plugin gets. `undefined`: the client as it is without the plugin, to compare with. */
  readonly source: CredentialSource | undefined
  /** What the client resolves relative URLs against. */
  readonly baseUrl: string | undefined
  /** What the plugin gets as its `replay` option. */
  readonly replay: boolean
  /** What the plugin gets as its options of these names. */
  readonly uncovered: 'send' | 'throw'
  readonly onUncovered: ((origin: string) => void) | undefined
  /** How often the client itself tries again, at once, after a 503. */
  readonly retries: number
  /** What the caller has as hooks or interceptors, at every place where the client calls some. */
  readonly hooks: ClientHooks | undefined
  /** Where a test looks under the plugin: to be called with what the wrapped fetch or the adapter is called with, before it sends. */
  readonly onSend: ((...handed: readonly unknown[]) => void) | undefined
}

export interface ClientHooks {
  /** Before a request, with what the client shows of it. */
  onRequest(...shown: readonly unknown[]): void
  /** After it, with the status of the answer and what the client shows; 0 when there is no answer. */
  onAnswer(status: number, ...shown: readonly unknown[]): void
}

export interface ClientUnderTest {
  /**
   * Sends in the turn of the call. An answer with any status is an answer, also where the client rejects it; anything else
   * that the client rejects with is passed on as it is.
   */
  send(request: ContractRequest): Promise<ContractAnswer>
  /** Takes the credential off, or goes back to what was wrapped. */
  detach(): void
  /** What `detach` must leave as it was before: the instance of the client. @default nothing is compared */
  readonly instance?: object | undefined
}

export interface ContractRequest {
  readonly method: string
  /** Absolute; relative where the test gave the client a base URL. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** A string, bytes, a Blob, a form, URLSearchParams, or a body from `oneShotBodies`. */
  readonly body: unknown
  /** Sent as JSON by the client's own means, where it has any. At most one of `body` and `json` is given. */
  readonly json: unknown
  readonly signal: AbortSignal | undefined
  /** The client's own time limit for the request; where it has none, to be given as `AbortSignal.timeout()`. */
  readonly timeoutMs: number | undefined
  /** Further options of the request, that no client knows, to be given to it with the others: also `valetkey`, which the plugin reads. */
  readonly options: Readonly<Record<string, unknown>>
  /** The caller reads the answer as a stream, so the client must give it as soon as its headers are there. */
  readonly isStreamed: boolean
}

export interface ContractAnswer {
  readonly status: number
  /** Where the answer came from; `''` when the client does not tell. */
  readonly url: string
  readonly text: string
  /** Everything that the caller holds after the request: the response, the client's error, the request object. */
  readonly shown: unknown
}

/** Where the tests' API is: `contractServer()` of `@valetkey/testing/simulators`, in this process or another one. */
export interface ContractServer {
  readonly url: string
  close?(): Promise<void>
}

/** What the platform or the client under a plugin may lack. */
export type ClientAbility =
  /** It has a base URL for relative ones. */
  | 'baseUrl'
  /** It calls hooks or interceptors of the caller. */
  | 'hooks'
  /** It can retry after a 503. */
  | 'retries'
  /** The maker can look under the plugin: `onSend`. */
  | 'interception'
  /** A request can have a time limit: `timeoutMs`. */
  | 'timeouts'
  /** It takes options that it does not know. */
  | 'options'
  /** A request body can be read once only: `oneShotBodies`. */
  | 'streams'
  /** It gives an answer before its body is there. */
  | 'streamedAnswers'
  /** It tells where an answer came from; one that does not counts as from the origin that was asked. */
  | 'answerUrls'
  /** It shows redirects, so that the plugin can follow them itself. */
  | 'redirects'
  /** Credentials may be in other headers than Authorization. */
  | 'otherHeaders'

export interface ClientContractOptions {
  /** The client's name, for the titles. @example 'fetch' */
  readonly name: string
  /** Called for each test; what it gives is closed after the test, if it can be. @example contractServer */
  readonly server: () => ContractServer | Promise<ContractServer>
  /** What cannot be tested, each with the reason: these tests do not exist for the client. @default {} */
  readonly cannot?: Partial<Readonly<Record<ClientAbility, string>>> | undefined
  /**
   * Bodies that can be read once only, by name; each makes one with the text that it gets.
   * @default { 'a ReadableStream': (text) => new Blob([text]).stream() }
   */
  readonly oneShotBodies?: Readonly<Record<string, (text: string) => unknown>> | undefined
  /** The client copies what it sends, so that such bodies are sent a second time too. @default false */
  readonly replaysStreams?: boolean | undefined
  /** How the platform prints a value, e.g. by `util.inspect`: secrets are looked for in that too. */
  readonly inspect?: Inspect | undefined
}

export interface ClientCase {
  /** Begins with the rule. */
  readonly name: string
  /** What the client must be able to do, in addition to requests. */
  readonly needs?: readonly ClientAbility[] | undefined
  /** Only for clients that cannot do this. */
  readonly without?: ClientAbility | undefined
  run(world: World): Promise<void>
}
