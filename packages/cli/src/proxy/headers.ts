import type { IncomingMessage } from 'node:http'
import type { Credential } from '@valetkey/core'

/** Of one connection only (RFC 9110 §7.6.1), with what `Connection` names. */
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]

/**
 * The account's credential replaces the caller's. Cookies of a loopback address belong to all of its ports, and
 * `Referer` may hold the secret.
 */
const NOT_SENT = [...HOP_BY_HOP, 'authorization', 'cookie', 'expect', 'host', 'referer', 'accept-encoding']

/** No page may read an answer, even if the API allows it; the other headers concern the API's address, too. */
const NOT_ANSWERED = [...HOP_BY_HOP, 'alt-svc', 'set-cookie', 'strict-transport-security']
const CORS = 'access-control-'

/** fetch hands over the bodies of these decoded. */
const DECODED = ['gzip', 'x-gzip', 'deflate', 'br']

/** What is sent to the API: what the caller gave, without what is of the proxy or of the credential. */
export function headersToSend({ rawHeaders, headers }: IncomingMessage, { carries }: Credential): Headers {
  const dropped = new Set([...NOT_SENT, ...namesIn(headers.connection), ...carries.headers])
  // A body is passed on unchanged, so the answer must not need decoding.
  const sent = new Headers({ 'accept-encoding': 'identity' })
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const [name = '', value = ''] = rawHeaders.slice(index, index + 2)
    if (!dropped.has(name.toLowerCase())) sent.append(name, value)
  }
  return sent
}

/** @param locate gives the address at the proxy for a `Location`, if it is one that the proxy serves */
export function headersToAnswer(
  { headers }: Response,
  locate: (location: string) => string,
): Readonly<Record<string, string>> {
  const codings = namesIn(headers.get('content-encoding') ?? '')
  const isDecoded = codings.length > 0 && codings.every((coding) => DECODED.includes(coding))
  const dropped = new Set([
    ...NOT_ANSWERED,
    ...namesIn(headers.get('connection') ?? ''),
    ...(isDecoded ? ['content-encoding', 'content-length'] : []),
  ])
  const kept = [...headers].filter(([name]) => !dropped.has(name) && !name.startsWith(CORS))
  return Object.fromEntries(kept.map(([name, value]) => [name, name === 'location' ? locate(value) : value]))
}

function namesIn(list = ''): string[] {
  return list
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean)
}
