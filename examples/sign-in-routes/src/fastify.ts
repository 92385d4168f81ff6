import type { SignInCredential } from '@valetkey/oauth2'
import { type CookieKey, signInHandler } from '@valetkey/sign-in'
import type { FastifyInstance, FastifyRequest } from 'fastify'

export interface Settings {
  readonly credential: SignInCredential
  readonly cookieKey: CookieKey
  /** Your session plugin's, e.g. `(request) => request.session.userId`. */
  userOf(request: FastifyRequest): string | undefined
}

export function addSignIn(server: FastifyInstance, { credential, cookieKey, userOf }: Settings): void {
  const handler = signInHandler(credential, {
    accountOf: (_, request: FastifyRequest) => userOf(request),
    cookieKey,
    basePath: '/buoys',
  })
  // A form has this type, also the one without fields that signs out.
  const form = 'application/x-www-form-urlencoded'
  if (!server.hasContentTypeParser(form)) server.addContentTypeParser(form, (_, _body, done) => done(null))
  server.all('/buoys/*', (request) => {
    const { method, protocol, host, originalUrl } = request
    const headers = new Headers(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
    return handler(new Request(`${protocol}://${host}${originalUrl}`, { method, headers }), request)
  })
}
