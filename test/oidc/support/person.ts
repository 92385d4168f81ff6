/** A person in front of the provider's pages, without a browser: follows redirects, keeps cookies, fills in and sends forms. */
export interface Person {
  /** Opens a page and agrees to everything. @returns where the provider sent them at last, or its closing page */
  agree(url: URL | string): Promise<URL>
  /** Opens a page and cancels as soon as that can be done. */
  cancel(url: URL | string): Promise<URL>
}

interface Page {
  readonly url: URL
  readonly html: string
}

/** Pages of one visit; more would be a circle. */
const MOST_PAGES = 12

export function createPerson(login: string): Person {
  const cookies = new Map<string, string>()
  const show = (request: Request): Promise<Page | URL> => open(request, cookies)
  return {
    agree: (url) => walk(url, (page) => formOf(page, login), show),
    async cancel(url) {
      let cancelled: Request | undefined
      await walk(
        url,
        (page) => {
          cancelled = cancelOf(page)
          return cancelled ? undefined : formOf(page, login)
        },
        show,
      )
      if (cancelled === undefined) throw new Error('nothing could be cancelled')
      const last = await show(cancelled)
      return last instanceof URL ? last : last.url
    },
  }
}

/** From page to page, until one of another server, or until `answer` has none. */
async function walk(
  start: URL | string,
  answer: (page: Page) => Request | undefined,
  show: (request: Request) => Promise<Page | URL>,
): Promise<URL> {
  let request = new Request(start)
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const page = await show(request)
    if (page instanceof URL) return page
    const next = answer(page)
    if (next === undefined) return page.url
    request = next
  }
  throw new Error('the pages go round in a circle')
}

/** The page that is shown in the end, or the address of another server that the person is sent to. */
async function open(first: Request, cookies: Map<string, string>): Promise<Page | URL> {
  let request = first
  for (;;) {
    request.headers.set('cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '))
    const response = await fetch(request, { redirect: 'manual' })
    for (const cookie of response.headers.getSetCookie()) keep(cookie, cookies)
    const url = new URL(request.url)
    const location = response.headers.get('location')
    if (location === null) return { url, html: await response.text() }
    const next = new URL(location, url)
    if (next.origin !== url.origin) return next
    request = new Request(next)
  }
}

function keep(cookie: string, cookies: Map<string, string>): void {
  const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
  cookies.set(name, value)
}

/** The page's form, filled in. */
function formOf({ html }: Page, login: string): Request | undefined {
  const action = /<form[^>]* action="([^"]+)"/.exec(html)?.[1]
  if (action === undefined) return undefined
  const inputs = [...html.matchAll(/<input[^>]* name="([^"]+)"(?: value="([^"]*)")?/g)]
  const body = new URLSearchParams(inputs.map(([, name = '', value = login]) => [name, value]))
  return new Request(action, { method: 'POST', body })
}

function cancelOf(page: Page): Request | undefined {
  const link = /href="([^"]+\/abort)"/.exec(page.html)?.[1]
  if (link !== undefined) return new Request(link)
  return page.html.includes('name="abort"') ? formOf(withField(page, 'abort'), '') : undefined
}

function withField({ url, html }: Page, name: string): Page {
  return { url, html: html.replace('</form>', `<input name="${name}" value="yes"/></form>`) }
}
