/** A token request as it left the vendor's package. */
export interface TokenRequest {
  readonly url: string
  readonly method: string
  readonly redirect: RequestRedirect
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** May throw, as a fetch does. */
export type AnswerTokenRequest = (request: TokenRequest, accessToken: string) => Response | Promise<Response>

/** Begins every token that the endpoint gives out. */
export const TOKEN_PREFIX = 'canary-token-'

export interface TokenEndpoint {
  readonly fetch: typeof fetch
  /** In order of arrival. */
  readonly requests: readonly TokenRequest[]
}

/** A token endpoint without a network: each request gets a new token, which `answer` may put into its answer. */
export function createTokenEndpoint(answer: AnswerTokenRequest): TokenEndpoint {
  const requests: TokenRequest[] = []
  return {
    requests,
    async fetch(input, init) {
      const request = await describeRequest(new Request(input, init))
      requests.push(request)
      return answer(request, `${TOKEN_PREFIX}${requests.length}`)
    },
  }
}

async function describeRequest(request: Request): Promise<TokenRequest> {
  const { url, method, redirect } = request
  return { url, method, redirect, headers: Object.fromEntries(request.headers), body: await request.text() }
}

/** Everything that the request has said. */
export function textOf({ url, headers, body }: TokenRequest): string {
  return [url, ...Object.entries(headers).flat(), body].join(' ')
}
