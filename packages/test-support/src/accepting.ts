import type { Received, Reply } from './serve.ts'

/** An API that accepts one token only. */
export function accepting(token: string, body = 'welcome'): (received: Received) => Reply {
  return ({ headers }) => (headers.authorization === `Bearer ${token}` ? { body } : { status: 401, body: 'refused' })
}
