import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { originOf } from '@valetkey/core/kit'

/** Why a request is not sent. */
export interface Refusal {
  readonly status: number
  readonly code: string
  readonly message: string
}

export interface Target {
  readonly url: URL
  readonly origin: string
}

const NOT_FOUND: Refusal = { status: 404, code: 'not_found', message: 'there is nothing at this address' }

/** `/<secret>/https/api.example.com/boats?x=1`. */
const PATH = /^\/([^/?#]+)\/(https?)\/([^/?#\\@]+)([/?][^#]*)?$/

/**
 * What a request to the proxy is for. Only a program of this machine that knows the secret gets more than a refusal.
 * @param port on which the proxy listens
 */
export function targetOf({ url = '', headers }: IncomingMessage, port: number, secret: string): Target | Refusal {
  // A name of an attacker's that leads to this machine is another one (DNS rebinding).
  if (![`127.0.0.1:${port}`, `localhost:${port}`].includes(headers.host?.toLowerCase() ?? '')) {
    return { status: 403, code: 'host_refused', message: 'the header Host names another machine' }
  }
  // Programs send neither; browsers send one of them with each request of a page.
  if (headers.origin !== undefined || headers['sec-fetch-site'] !== undefined) {
    return { status: 403, code: 'browser_refused', message: 'pages in a browser are not served' }
  }
  const [, given = url.split('/', 2)[1] ?? '', scheme, host, rest = '/'] = PATH.exec(url) ?? []
  if (!isEqual(given, secret)) return NOT_FOUND
  const text = `${scheme}://${host}${rest}`
  const origin = host === undefined ? undefined : originOf(text)
  if (origin !== undefined) return { url: new URL(text), origin }
  const message = 'after the secret comes the address, as in /https/api.example.com/path'
  return { status: 400, code: 'address_missing', message }
}

/** Takes the same time for every string of any length. */
function isEqual(given: string, secret: string): boolean {
  const digestOf = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digestOf(given), digestOf(secret))
}
