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

const COOKIE = 'valetkey-sign-in'

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

/** Other sites may neither read the page, by making a name of theirs point to this machine, nor press its buttons. */
function guard(app: Hono, origin: string): void {
  const { host, port } = new URL(origin)
  app.use(async (context, next) => {
    const asked = context.req.header('host')
    if (asked === `localhost:${port}`) return context.redirect(origin, 302)
    if (asked !== host) return context.text('Unknown host', 421)
    if (context.req.method !== 'GET' && !isSameOrigin(context, origin)) return context.text('Forbidden', 403)
    await next()
    if (!context.res.headers.has('cache-control')) context.header('cache-control', 'no-store')
    return undefined
  })
}

function isSameOrigin({ req }: Context, origin: string): boolean {
  const site = req.header('sec-fetch-site') ?? 'same-origin'
  return req.header('origin') === origin && site === 'same-origin'
}

function addPage(app: Hono, { dashboard, files, stream }: AppOptions): void {
  app.get('/', (context) => context.html(files.index(dashboard.state())))
  app.get('/figures.json', (context) => context.json(dashboard.state()))
  app.get('/assets/:name', (context) => {
    const asset = files.asset(context.req.path)
    if (asset === undefined) return context.notFound()
    const headers = { 'content-type': asset.type, 'cache-control': 'public, max-age=31536000, immutable' }
    return context.body(asset.body, 200, headers)
  })
  app.get('/events', (context) => {
    const events = stream.open()
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
    const { url, session } = await dashboard.signIns.begin(card)
    setCookie(context, COOKIE, session, { httpOnly: true, sameSite: 'Lax', path: '/callback' })
    return context.json({ url })
  })
  app.get('/callback/:card', async (context) => {
    const card = dashboard.card(context.req.param('card'))
    if (!card?.signIn) return context.notFound()
    await dashboard.signIns.complete(card, context.req.url, getCookie(context, COOKIE))
    await card.read()
    return context.redirect(`${origin}/`, 303)
  })
}
