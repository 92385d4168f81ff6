import type { SignInCredential } from '@valetkey/airthings'
import type { ApiKeyCredential, TokenCredential } from '@valetkey/core'
import type { AxiosInstance } from 'axios'

export type AnyCredential = TokenCredential | SignInCredential | ApiKeyCredential

/** What is needed of an answer; a `Response` has it. */
export type Reply = Pick<Response, 'status' | 'json'>

/** Sends one request with the credential. Rejects if there is no answer, and resolves with any status. */
export type Send = (url: URL, init: RequestInit) => Promise<Reply>

/** A credential, and a client that it was attached to: axios, or one that is called like `fetch`. */
export interface Connection<C extends AnyCredential = AnyCredential> {
  readonly credential: C
  readonly api: Send | AxiosInstance
}

export function sendOf({ api }: Pick<Connection, 'api'>): Send {
  return 'request' in api ? axiosSend(api) : (url, init) => api(url, init)
}

function axiosSend(http: AxiosInstance): Send {
  return async (url, { method = 'GET', body, headers, signal }) => {
    const answer = await http.request<string>({
      url: url.href,
      method,
      data: body,
      headers: Object.fromEntries(new Headers(headers ?? {})),
      responseType: 'text',
      transformResponse: [(text: unknown) => text],
      validateStatus: null,
      ...(signal && { signal }),
    })
    return { status: answer.status, json: async () => JSON.parse(answer.data) as unknown }
  }
}
