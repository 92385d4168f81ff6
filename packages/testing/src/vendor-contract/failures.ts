import { type AnswerTokenRequest, textOf } from './token-endpoint.ts'

/** An answer of the token endpoint without a token in it, which quotes all that the request said. */
export interface Failure {
  readonly what: string
  /** Whether it is unrelated to the client: it does not mean that the credentials are wrong. */
  readonly isOutage: boolean
  readonly answer: AnswerTokenRequest
}

const verdict = (what: string, answer: AnswerTokenRequest): Failure => ({ what, isOutage: false, answer })
const outage = (what: string, answer: AnswerTokenRequest): Failure => ({ what, isOutage: true, answer })

export const FAILURES: readonly Failure[] = [
  verdict('a 400', echo(400)),
  verdict('a 401', echo(401)),
  verdict('a 400 whose error is the request', (request) => Response.json({ error: textOf(request) }, { status: 400 })),
  verdict('a 401 whose body is the request', (request) => new Response(textOf(request), { status: 401 })),
  outage('a 429', echo(429)),
  outage('a 500', echo(500)),
  outage('a 503', echo(503)),
  outage('an HTML page with status 200', page(200)),
  outage('an HTML page with status 504', page(504)),
  outage('an empty answer', () => new Response('')),
  outage('a truncated JSON text', (request) => new Response(JSON.stringify({ a: textOf(request) }).slice(0, -1))),
  outage('a JSON text', (request) => Response.json(textOf(request))),
  outage('no answer', (request) => {
    throw new TypeError(`cannot send ${textOf(request)}`, { cause: new Error(textOf(request)) })
  }),
]

function echo(status: number): AnswerTokenRequest {
  return (request) => {
    const text = textOf(request)
    const body = {
      error: 'invalid_client',
      error_description: text,
      message: text,
      detailed: [text],
      request: { text },
    }
    return Response.json(body, { status })
  }
}

function page(status: number): AnswerTokenRequest {
  const headers = { 'content-type': 'text/html' }
  return (request) => new Response(`<html>${textOf(request)}</html>`, { status, headers })
}
