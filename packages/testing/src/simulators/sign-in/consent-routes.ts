import { randomUUID } from 'node:crypto'

import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'

import type { SimulatorApp } from '../loopback-server.ts'
import { answerQuestion } from './answer-question.ts'
import { type AuthorizationRequest, type AuthorizationServer, problem } from './authorization-server.ts'
import { checkRequest } from './check-request.ts'
import { consentPage, errorPage } from './pages.ts'
import type { ConsentAccount } from './sign-in-simulator.ts'

type PageContext = Context<{ Bindings: HttpBindings }>

/** A question that is being shown: it is answered once, by the browser that it was shown to. */
interface PendingConsent {
  readonly request: AuthorizationRequest
  readonly browser: string
}

/** The URL of the page holds a `state`, and the page must not be framed. */
const PAGE_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
}

const NOT_ASKED = problem('access_denied', 'This question was not asked in this browser, or has been answered already.')

/** After a form the browser goes on with GET. */
const SEE_OTHER = 303

/** The page with the question, and the form that answers it. */
export function addConsentRoutes<Account extends ConsentAccount>(
  app: SimulatorApp,
  server: AuthorizationServer<Account>,
): void {
  const pending = new Map<string, PendingConsent>()
  // A name may have characters that no cookie's has.
  const cookie = `${server.vendor.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}-simulator`
  app.use(server.path, async (context, next) => {
    for (const [name, value] of Object.entries(PAGE_HEADERS)) context.header(name, value)
    await next()
  })
  app.get(server.path, (context) => {
    const checked = checkRequest(server, new URL(context.req.url).searchParams)
    if (checked.outcome === 'callback') return context.redirect(checked.url, SEE_OTHER)
    if (checked.outcome === 'error-page') return context.html(errorPage(server.vendor, checked.problem), 400)
    const { request, application } = checked
    const consent = randomUUID()
    pending.set(consent, { request, browser: knownBrowser(context, cookie) })
    return context.html(consentPage({ ...server, application: application.name, consent, request }))
  })
  app.post(server.path, async (context) => {
    const form = await context.req.parseBody()
    const id = typeof form.consent === 'string' ? form.consent : ''
    const consent = pending.get(id)
    const isTheirs = consent !== undefined && consent.browser === getCookie(context, cookie)
    const url = isTheirs ? answerQuestion(server, consent.request, form) : undefined
    if (url === undefined) return context.html(errorPage(server.vendor, NOT_ASKED), 403)
    pending.delete(id)
    return context.redirect(url, SEE_OTHER)
  })
}

/** Without the cookie of the browser that the page was shown to, another site cannot send the form (CSRF). */
function knownBrowser(context: PageContext, cookie: string): string {
  const browser = getCookie(context, cookie) ?? randomUUID()
  setCookie(context, cookie, browser, { httpOnly: true, sameSite: 'Lax' })
  return browser
}
