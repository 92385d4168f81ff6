import type { Report } from './runtimes.ts'

/** The columns of the table: steps of `smoke/end-to-end.mjs`. */
export const STEPS: Readonly<Record<string, string>> = {
  acquire: 'ten requests at once, one call for their token',
  refresh: 'the token expires; one refresh for ten requests',
  refusal: 'the vendor revokes the token; one refresh for ten requests, and all are answered',
  apiKey: 'a key is sent; one that is refused is not sent again',
  signIn: 'a user signs in; the authorization code is exchanged with PKCE, and refused a second time',
  store:
    'another instance uses the stored token: of `store-file` on Node, Bun and Deno, of `store-indexeddb` in Chromium, of memory on workerd',
}

const HEADINGS: Readonly<Record<string, string>> = {
  acquire: 'acquire',
  refresh: 'refresh',
  refusal: 'refusal and replay',
  apiKey: 'API key',
  signIn: 'sign-in',
  store: 'store',
}

const INTRODUCTION = `# Where it runs

Each runtime runs the same program, [end-to-end.mjs](../test/workspace/packed/smoke/end-to-end.mjs), from the published packages against vendors on loopback ports. The program makes its credentials while its module loads.
`

const LIMITS = `## What differs

- **Node** 20.19 and newer. \`require()\` of the packages also works.
- **Deno** needs \`--allow-net\` for the vendor's hosts; with \`store-file\` also \`--allow-read\` and \`--allow-write\` for its directory, and \`--allow-sys=homedir,uid\` to check the owner of the directory.
- **Workers** need no \`nodejs_compat\`. workerd stops a request's work when the request ends: give the credential \`waitUntil\`, as in [examples/cloudflare-worker](../examples/cloudflare-worker). Without it no request hangs, but another one has to start the refresh again; both are tested.
- **Browsers** follow redirects, so a key in another header than \`Authorization\` is not sent after one: [@valetkey/fetch](../packages/clients/fetch/README.md#limits). The vendor must allow your page's origin (CORS), and a page cannot keep a client secret.
- **React Native-like fetch** is Node with React Native's replacements: abort signals without \`reason\` and \`throwIfAborted()\`, no \`AbortSignal.any()\` and \`timeout()\`, answers without \`body\`, forms without a name, no \`ReadableStream\`. It is not a test on a device, where a program also needs polyfills of \`URL\`, \`TextEncoder\`, \`TextDecoder\` and \`crypto.getRandomValues()\`. Without \`crypto.subtle\`, tokens of programs and of passwords work, but are not shared between processes; sign-in by authorization code and \`store-encrypted\` do not work. React Native follows redirects: a key in another header than \`Authorization\` has then been sent to the other host, and the request rejects with \`redirect_refused\`; a token answer from another origin is not used. Not covered: \`Request\` objects, streamed bodies and answers, axios' \`xhr\` adapter of React Native.
- **Next.js** runs it in routes of its Node and edge runtimes: [bundlers](sizes.md#bundlers). Token requests have \`cache: 'no-store'\`; only a route with \`fetchCache = 'force-cache'\` still caches token answers.

\`npx pnpm@12.21.0 run runtimes:update\` runs the program and writes this page.
`

/** The page of the documentation, from the reports of the runtimes. */
export function documentOf(outcomes: readonly { readonly name: string; readonly report: Report }[]): string {
  const steps = Object.keys(STEPS)
  const rows = outcomes.map(({ name, report }) => [name, ...steps.map((step) => (report[step] === 'ok' ? '✓' : '✗'))])
  const legend = steps.map((step) => `- ${HEADINGS[step]}: ${STEPS[step]}`)
  return [
    INTRODUCTION,
    table([['on', ...steps.map((step) => HEADINGS[step] ?? '')], ...rows]),
    `${legend.join('\n')}\n`,
    LIMITS,
  ].join('\n')
}

/** Columns as wide as their widest cell. */
function table([head = [], ...rows]: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)))
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  const rule = widths.map((width) => '-'.repeat(width))
  return `${[head, rule, ...rows].map(line).join('\n')}\n`
}
