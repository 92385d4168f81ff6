import type { SignInHandler } from '@valetkey/sign-in'
import type { Request as ExpressRequest, RequestHandler } from 'express'

/** The handler takes and gives what fetch has. It reads no body. */
export function expressHandler(handler: SignInHandler<ExpressRequest>): RequestHandler {
  return async (request, response) => {
    const { method, protocol, host, originalUrl } = request
    const headers = new Headers(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
    const answer = await handler(new Request(`${protocol}://${host}${originalUrl}`, { method, headers }), request)
    response
      .status(answer.status)
      .setHeaders(answer.headers)
      .end(await answer.text())
  }
}
