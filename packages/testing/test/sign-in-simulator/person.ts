/** A consent page as somebody without a browser sees it. */
export interface Page {
  readonly url: string
  readonly status: number
  readonly headers: Headers
  readonly html: string
  readonly cookie: string
}

/** Redirects are not followed. */
export async function openPage(url: URL | string, cookie = ''): Promise<Page> {
  const answer = await fetch(url, { redirect: 'manual', headers: { cookie } })
  const { status, headers } = answer
  const given = headers.getSetCookie().map((text) => text.split(';')[0])
  return { url: String(url), status, headers, html: await answer.text(), cookie: given.join('; ') || cookie }
}

export type Answer = Readonly<Record<string, string>>

/** Sends the page's form; `answer` stands in place of what the page would send. */
export function answerPage(page: Page, answer: Answer, cookie = page.cookie): Promise<Response> {
  const action = page.html.match(/<form method="post" action="([^"]*)"/)?.[1] ?? ''
  const consent = page.html.match(/name="consent" value="([^"]*)"/)?.[1] ?? ''
  const body = new URLSearchParams({ consent, ...answer })
  return fetch(new URL(action, page.url), { method: 'POST', redirect: 'manual', headers: { cookie }, body })
}

/** Where an answer sends the browser. */
export function locationOf({ headers }: Pick<Response, 'headers'>): URL {
  return new URL(headers.get('location') ?? 'about:blank')
}

/** The page's text, without its style. */
export function textOf({ html }: Page): string {
  return html
    .replace(/<style>[\s\S]*<\/style>/, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
}
