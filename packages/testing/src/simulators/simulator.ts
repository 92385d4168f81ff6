/// <reference lib="esnext.disposable" preserve="true" />

/** The target of a request or a fault: the token endpoint, the API, or the consent pages. */
export type Side = 'token' | 'api' | 'sign-in'

/** The simulator's time: decides when tokens expire and when a rate limit's hour ends. */
export interface SimulatorClock {
  /** Unix ms. */
  now(): number
  /** Advances this simulator's time; the clock that was passed in does not move. */
  advance(ms: number): void
}

/** One request as it arrived, answered or not. Contains the credentials that were sent: never print it outside tests. */
export interface LoggedRequest {
  /** Simulator time, Unix ms. */
  readonly at: number
  readonly kind: Side
  readonly method: string
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** `grant_type` of a token request. */
  readonly grantType?: string | undefined
  /** Status of the answer; absent until it was sent, and permanently absent if it was dropped. */
  readonly status?: number | undefined
}

/** An answer that replaces the simulator's. */
export interface ForcedAnswer {
  readonly on: Side
  /** Number of requests that get it; `Infinity`: all until `recover()`. @default 1 */
  readonly times?: number | undefined
  /** @default 500 */
  readonly status?: number | undefined
  /** A string is sent unchanged, anything else as JSON. @default '' */
  readonly body?: unknown
  /** Makes the body from the request, e.g. to echo it; overrides `body`. */
  readonly bodyOf?: ((request: LoggedRequest) => unknown) | undefined
  /** @default `text/plain` for text, else `application/json` */
  readonly contentType?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** URLs of a simulator, as options of the vendor's factories. */
export interface SimulatorUrls {
  readonly baseUrl: string
  readonly tokenUrl: string
  readonly allowInsecureRequests: true
}

/** The options that a simulator was started with, with their types. */
export type GivenOptions<Options, Names extends string> = Pick<Options, Extract<keyof Options, Names>>

/** The options of a factory for API keys. */
export type ApiKeyClientOptions<Options> = Omit<SimulatorUrls, 'tokenUrl'> & GivenOptions<Options, 'apiKey'>

/**
 * A vendor simulator: loopback HTTP servers, a clock, a request log and fault switches.
 *
 * `Options` are the options of the vendor's usual factory, `Known` all options that the simulator knows.
 */
export interface Simulator<Options extends object = object, Known extends object = Options> extends AsyncDisposable {
  /**
   * To spread into the vendor's factory, so that no request is sent to the real vendor: all URLs, the permission for http, and the
   * client and user that the simulator was started with.
   */
  readonly options: Options
  /** The same for a vendor with several factories: what this one takes of all that the simulator knows. @throws CredentialError `invalid_option` */
  optionsFor<Names extends object>(factory: { readonly options: Names }): Pick<Known, keyof Known & keyof Names>
  /** Origin of the API. */
  readonly baseUrl: string
  /** Full URL of the token endpoint. */
  readonly tokenUrl: string
  readonly clock: SimulatorClock
  /** Every request since the start, in order of arrival. */
  readonly requests: readonly LoggedRequest[]
  /** Token requests that arrived, refused ones included; with a grant type only those. */
  tokenCalls(grantType?: string): number
  /** API requests that arrived, refused ones included. */
  apiCalls(): number
  /** Resolves as soon as `count` requests of this kind have arrived since the start. */
  waitForRequests(on: Side, count: number): Promise<void>
  /** Forces the next answers. Several calls queue up. */
  failNext(answer: ForcedAnswer): void
  /** Holds the answers of requests that arrive. Returns a function that releases them. @param times how many of the next requests wait @default Infinity */
  hold(on: Side, times?: number): () => void
  /** Each request waits this long, in real ms, before it is processed; 0 ends the delay. */
  delay(options: { readonly on: Side; readonly ms: number }): void
  /** Processes the next requests and then closes the socket without an answer. @param options.times @default 1 */
  dropReply(options: { readonly on: Side; readonly times?: number | undefined }): void
  /**
   * `true`: connections to the token endpoint's host are refused (at vendors with one host: to the API too), or to every
   * host of the vendor. `false`: all are accepted again.
   *
   * @param where @default 'token'
   */
  refuseConnections(refuse: boolean, where?: 'token' | 'everywhere'): Promise<void>
  /** Answers 429 for this time of the simulator's clock, with the vendor's headers; 0 ends it. */
  rateLimit(options: { readonly on: Side; readonly ms: number }): void
  /** Ends all access tokens: the API answers 401. Refresh tokens stay valid. */
  revokeAll(): void
  /** Ends all access tokens and refresh tokens. */
  revokeGrants(): void
  /** While on, the API answers 401 also to valid tokens. */
  outage(on: boolean): void
  /** Ends forced answers, held requests, delays, dropped replies, rate limits and the outage. */
  recover(): void
  /** Cuts open connections and frees the ports. */
  close(): Promise<void>
}

/** The error page of a gateway in front of the vendor: `simulator.failNext({ on: 'token', ...gatewayTimeout })`. */
export const gatewayTimeout: Pick<ForcedAnswer, 'status' | 'contentType' | 'body'> = {
  status: 504,
  contentType: 'text/html',
  body: '<html><head><title>504 Gateway Time-out</title></head><body><center><h1>504 Gateway Time-out</h1></center></body></html>',
}
