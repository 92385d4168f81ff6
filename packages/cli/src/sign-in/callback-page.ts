/** The pages that the browser shows: fixed strings, which repeat no part of the request. */
export const PAGES = {
  signedIn: { status: 200, title: 'Signed in', text: 'You can close this page and go back to the terminal.' },
  refused: { status: 400, title: 'Not signed in', text: 'The sign-in was refused. The terminal says more.' },
  failed: { status: 400, title: 'Not signed in', text: 'The sign-in did not succeed. The terminal says why.' },
  foreign: {
    status: 400,
    title: 'Not this sign-in',
    text: 'This answer belongs to another sign-in; valetkey still waits for its own. Begin at the address that the terminal shows.',
  },
  repeated: {
    status: 409,
    title: 'Already answered',
    text: 'This sign-in has been answered already. The terminal says what came of it.',
  },
  unknown: {
    status: 404,
    title: 'Nothing here',
    text: 'valetkey waits for the answer of a sign-in at another address.',
  },
} as const

export type Page = keyof typeof PAGES

export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  connection: 'close',
}

export function pageText(page: Page): string {
  const { title, text } = PAGES[page]
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title} - valetkey</title>
<style>body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 32rem; margin: 20vh auto; padding: 0 1rem }</style>
<h1>${title}</h1>
<p>${text}</p>
</html>
`
}
