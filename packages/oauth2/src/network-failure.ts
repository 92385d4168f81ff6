import type { GrantFailure } from '@valetkey/core'

/** Codes (Node, undici) of failures before the first byte of the request was sent. */
const NEVER_SENT: ReadonlySet<string> = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** The server's certificate or its TLS was refused by us, which ends the handshake: no request was sent. */
const TLS_REFUSED =
  /^(?:CERT_|ERR_TLS_|UNABLE_TO_|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|HOSTNAME_MISMATCH|INVALID_(?:CA|PURPOSE)|ERR_SSL_(?:WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|UNSUPPORTED_PROTOCOL))/

/** `fetch failed` ← the socket's error ← its own cause: as deep as platforms nest, and an end for a cause that holds itself. */
const MAX_CAUSES = 5

/** What a rejected `fetch` means. Only its code is kept: the message may quote the URL or a header. */
export function networkFailure(error: unknown): GrantFailure {
  const code = errorCode(error)
  const sent = !(code !== undefined && (NEVER_SENT.has(code) || TLS_REFUSED.test(code)))
  const description = `no answer from the authorization server${code === undefined ? '' : ` (${code})`}`
  return { kind: 'unavailable', sent, description }
}

function errorCode(error: unknown): string | undefined {
  let current = error
  for (let depth = 0; depth < MAX_CAUSES && typeof current === 'object' && current !== null; depth += 1) {
    const code: unknown = Reflect.get(current, 'code')
    if (typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,63}$/.test(code)) return code
    current = Reflect.get(current, 'cause')
  }
  return undefined
}
