import { randomUUID } from 'node:crypto'
import { type Context, Hono } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { secureHeaders } from 'hono/secure-headers'
import type { Dashboard } from '../live/dashboard.ts'
import type { PageFiles } from './page-files.ts'
import type { StateStream } from './state-stream.ts'

export interface AppOptions {
  readonly origin: string
  readonly dashboard: Dashboard
  readonly files: PageFiles
  readonly stream: StateStream
}

/** Names a browser, so that none has all the streams. */
const BROWSER_COOKIE = 'valetkey-browser'

/** With the sign-in's state behind it: each tab has its own. */
const SIGN_IN_COOKIE = 'valetkey-sign-in-'

/** As long as a sign-in may take. */
const SIGN_IN_S = 600

const POLICY = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'", 'data:'],
  connectSrc: ["'self'"],
  baseUri: ["'none'"],
  formAction: ["'none'"],
  frameAncestors: ["'none'"],
}

/** The page, its state, and what its buttons do. */
export function createApp(options: AppOptions): Hono {
  const app = new Hono()
  app.use(secureHeaders({ contentSecurityPolicy: POLICY, strictTransportSecurity: false }))
  guard(app, options.origin)
  addPage(app, options)
  addActions(app, options)
  addSignIn(app, options)
  return app
}

/** Other sites may not read the page, also by making a name of theirs point to this machine, hold its streams or press its buttons. */
function guard(app: Hono, origin: string): void {
  const { host, port } = new URL(origin)
  app.use(async (context, next) => {
    const asked = context.req.header('host')
    if (asked === `localhost:${port}`) return context.redirect(origin, 302)
    if (asked !== host) return context.text('Unknown host', 421)
    if (!isAllowed(context, origin)) return context.text('Forbidden', 403)
    await next()
    if (!context.res.headers.has('cache-control')) context.header('cache-control', 'no-store')
    return undefined
  })
}

/** By what browsers say of a request (`Origin`, Fetch Metadata). Other sites may lead people to the page, and vendors back to it. */
function isAllowed({ req }: Context, origin: string): boolean {
  const site = req.header('sec-fetch-site')
  const from = req.header('origin')
  if (req.method !== 'GET') return from === origin && (site ?? 'same-origin') === 'same-origin'
  const isForPeople = req.path === '/' || req.path.startsWith('/callback/')
  if (isForPeople && req.header('sec-fetch-dest') === 'document') return true
  return (from ?? origin) === origin && ['same-origin', 'none'].includes(site ?? 'none')
}

function addPage(app: Hono, { dashboard, files, stream }: AppOptions): void {
  app.get('/', (context) => {
    if (!getCookie(context, BROWSER_COOKIE)) {
      setCookie(context, BROWSER_COOKIE, randomUUID(), { httpOnly: true, sameSite: 'Lax', path: '/' })
    }
    return context.html(files.index(dashboard.state()))
  })
  app.get('/figures.json', (context) => context.json(dashboard.state()))
  app.get('/assets/:name', (context) => {
    const asset = files.asset(context.req.path)
    if (asset === undefined) return context.notFound()
    const headers = { 'content-type': asset.type, 'cache-control': 'public, max-age=31536000, immutable' }
    return context.body(asset.body, 200, headers)
  })
  app.get('/events', (context) => {
    const events = stream.open(getCookie(context, BROWSER_COOKIE))
    if (events === undefined) return context.text('Too many pages are open', 503)
    return context.body(events, 200, { 'content-type': 'text/event-stream' })
  })
}

function addActions(app: Hono, { dashboard }: AppOptions): void {
  const answer = async (context: Context, act: Promise<boolean>) =>
    (await act) ? context.body(null, 204) : context.text('There is no such button now', 409)
  app.post('/actions/:action', (context) => answer(context, dashboard.act(context.req.param('action'))))
  app.post('/cards/:card/actions/:action', (context) => {
    const card = dashboard.card(context.req.param('card'))
    if (card === undefined) return context.notFound()
    return answer(context, dashboard.act(context.req.param('action'), card))
  })
}

function addSignIn(app: Hono, { dashboard, origin }: AppOptions): void {
  app.post('/cards/:card/sign-in', async (context) => {
    const card = dashboard.card(context.req.param('card'))
    if (!card?.signIn) return context.notFound()
    const { url, state } = await dashboard.signIns.begin(card)
    const cookie = { httpOnly: true, sameSite: 'Lax', path: '/callback', maxAge: SIGN_IN_S } as const
    setCookie(context, SIGN_IN_COOKIE + state, 'begun', cookie)
    return context.json({ url })
  })
  app.get('/callback/:card', async (context) => {
    const card = dashboard.card(context.req.param('card'))
    if (!card?.signIn) return context.notFound()
    const state = context.req.query('state') ?? ''
    const begun = getCookie(context, SIGN_IN_COOKIE + state) === undefined ? undefined : state
    // Nothing is asked of the vendor for a browser that began no sign-in.
    if (await dashboard.signIns.complete(card, context.req.url, begun)) await card.read()
    return context.redirect(`${origin}/`, 303)
  })
}
