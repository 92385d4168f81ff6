import type { SimulatorApp } from '../loopback-server.ts'
import { answerQuestion, type PersonsAnswer } from './answer-question.ts'
import type { AuthorizationServer } from './authorization-server.ts'
import { checkRequest } from './check-request.ts'
import { addConsentRoutes } from './consent-routes.ts'
import type { ConsentAccount, SignInSimulator } from './sign-in-simulator.ts'

export interface SignIn {
  /** The consent page and its form. */
  addRoutes(app: SimulatorApp): void
  /** The public part, as soon as the page's origin is known. */
  at(origin: string): Pick<SignInSimulator, 'authorizationUrl' | 'approve' | 'deny'>
}

export function createSignIn<Account extends ConsentAccount>(server: AuthorizationServer<Account>): SignIn {
  return {
    addRoutes: (app) => addConsentRoutes(app, server),
    at(origin) {
      const authorizationUrl = origin + server.path
      const answerAt = (page: URL | string, answer: PersonsAnswer) => {
        const url = new URL(page)
        if (url.origin + url.pathname !== authorizationUrl) throw new RangeError(`the page is ${authorizationUrl}`)
        return new URL(withoutPage(server, url.searchParams, answer))
      }
      return {
        authorizationUrl,
        approve: (url, { account } = {}) => answerAt(url, { answer: 'allow', account }),
        deny: (url) => answerAt(url, { answer: 'deny' }),
      }
    },
  }
}

/** Where a browser would be in the end. */
function withoutPage<Account extends ConsentAccount>(
  server: AuthorizationServer<Account>,
  parameters: URLSearchParams,
  answer: PersonsAnswer,
): string {
  const checked = checkRequest(server, parameters)
  if (checked.outcome === 'error-page') throw new RangeError(checked.problem.error_description)
  if (checked.outcome === 'callback') return checked.url
  const url = answerQuestion(server, checked.request, answer)
  if (url !== undefined) return url
  throw new RangeError(`"account" must be one of: ${server.accounts.map(({ name }) => name).join(', ')}`)
}
