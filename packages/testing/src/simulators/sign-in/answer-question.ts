import { type AuthorizationRequest, type AuthorizationServer, problem } from './authorization-server.ts'
import type { ConsentAccount } from './sign-in-simulator.ts'

/** What a person's answer says, checked or not. */
export interface PersonsAnswer {
  readonly answer?: unknown
  /** @default the first account */
  readonly account?: unknown
}

/** The callback URL; `undefined` for an answer that the page does not offer. */
export function answerQuestion<Account extends ConsentAccount>(
  { accounts, allow }: AuthorizationServer<Account>,
  request: AuthorizationRequest,
  { answer, account: name = accounts[0].name }: PersonsAnswer,
): string | undefined {
  if (answer === 'deny') return request.callback(problem('access_denied', 'The person denied the request.'))
  const account = accounts.find((known) => known.name === name)
  return answer === 'allow' && account ? request.callback(allow(request, account)) : undefined
}
