import type { CredentialSource } from '@valetkey/core'
import type { Inspect } from '../find-leaks.ts'
import type { World } from './world.ts'

/** Makes a new client with the plugin for each test. */
export type MakeClient = (setup: ClientSetup) => ClientUnderTest | Promise<ClientUnderTest>

/** The setup that a test needs. The maker omits what the client lacks, and names it in `cannot`. */
export interface ClientSetup {
  /** The credential for the plugin. `undefined`: the client without the plugin, for comparison. */
  readonly source: CredentialSource | undefined
  /** Base of relative URLs. */
  readonly baseUrl: string | undefined
  /** The plugin's option `replay`. */
  readonly replay: boolean
  /** The plugin's options with these names. */
  readonly uncovered: 'send' | 'throw'
  readonly onUncovered: ((origin: string) => void) | undefined
  /** How often the client itself retries, immediately, after a 503. */
  readonly retries: number
  /** The caller's hooks or interceptors, at every place where the client calls them. */
  readonly hooks: ClientHooks | undefined
  /** Where a test looks under the plugin: to be called with what the wrapped fetch or the adapter is called with, before it sends. */
  readonly onSend: ((...handed: readonly unknown[]) => void) | undefined
}

export interface ClientHooks {
  /** Before a request, with the client's view of it. */
  onRequest(...shown: readonly unknown[]): void
  /** After it, with the status of the answer (0 without an answer) and the client's view of it. */
  onAnswer(status: number, ...shown: readonly unknown[]): void
}

export interface ClientUnderTest {
  /**
   * Sends synchronously. Resolves with an answer of any status, even if the client rejects it; any other rejection of the
   * client is passed on unchanged.
   */
  send(request: ContractRequest): Promise<ContractAnswer>
  /** Removes the credential, or restores the wrapped client. */
  detach(): void
  /** What `detach` must restore: the instance of the client. @default nothing is compared */
  readonly instance?: object | undefined
}

export interface ContractRequest {
  readonly method: string
  /** Absolute; relative if the test gave the client a base URL. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** A string, bytes, a Blob, a form, URLSearchParams, or a body from `oneShotBodies`. */
  readonly body: unknown
  /** Sent as JSON by the client's own option, if it has one. At most one of `body` and `json` is set. */
  readonly json: unknown
  readonly signal: AbortSignal | undefined
  /** The client's time limit for the request; pass `AbortSignal.timeout()` if it has none. */
  readonly timeoutMs: number | undefined
  /** Further options of the request that the client does not know, including `valetkey`, which the plugin reads. */
  readonly options: Readonly<Record<string, unknown>>
  /** The caller reads the answer as a stream, so the client must return it as soon as its headers have arrived. */
  readonly isStreamed: boolean
}

export interface ContractAnswer {
  readonly status: number
  /** URL of the answer; `''` if the client does not report it. */
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

/** Abilities that the platform or the client under a plugin may lack. */
export type ClientAbility =
  /** It resolves relative URLs against a base URL. */
  | 'baseUrl'
  /** It calls hooks or interceptors of the caller. */
  | 'hooks'
  /** It can retry after a 503. */
  | 'retries'
  /** The maker can look under the plugin: `onSend`. */
  | 'interception'
  /** A request can have a time limit: `timeoutMs`. */
  | 'timeouts'
  /** It accepts options that it does not know. */
  | 'options'
  /** A request body can be read only once: `oneShotBodies`. */
  | 'streams'
  /** It returns an answer before its body has arrived. */
  | 'streamedAnswers'
  /** It reports the URL of an answer; otherwise an answer counts as from the requested origin. */
  | 'answerUrls'
  /** It exposes redirects, so that the plugin can follow them. */
  | 'redirects'
  /** Credentials may be in headers other than Authorization. */
  | 'otherHeaders'

export interface ClientContractOptions {
  /** The client's name, for the titles. @example 'fetch' */
  readonly name: string
  /** Called for each test; its result is closed after the test, if it has `close`. @example contractServer */
  readonly server: () => ContractServer | Promise<ContractServer>
  /** Abilities that are missing, each with the reason: tests that need them are skipped. @default {} */
  readonly cannot?: Partial<Readonly<Record<ClientAbility, string>>> | undefined
  /**
   * Bodies that can be read only once, by name; each function makes one with the given text.
   * @default { 'a ReadableStream': (text) => new Blob([text]).stream() }
   */
  readonly oneShotBodies?: Readonly<Record<string, (text: string) => unknown>> | undefined
  /** The client copies what it sends, so that such bodies can be sent a second time. @default false */
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
