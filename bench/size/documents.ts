import { table } from '../runner/section.ts'
import type { Budgets } from './budgets.ts'
import { ALONE, COMMON, PEERS, type Program, VENDORS } from './programs.ts'

const AT_MOST = 'at most, kB'

const README_TABLE = /(?<=<!-- sizes -->\n\n)[\s\S]*(?=\n\n<!-- \/sizes -->)/

/** The root README with its table of the common programs. */
export function withSizes(readme: string, budgets: Budgets): string {
  const rows = rowsOf(COMMON, budgets)
  return readme.replace(README_TABLE, () => table(['what a bundle grows by', AT_MOST], rows))
}

/** docs/sizes.md */
export function sizesPage(budgets: Budgets): string {
  return `# Sizes

What a program loads when it starts, including libraries, minified for ES2022 by esbuild and compressed with Brotli 11. Parts that it loads later by \`import()\` (discovery, client keys, revocation, status) are not counted. The figures are budgets: CI builds
each of these bundles and fails if one is larger. After a change that is meant: \`npx pnpm@12.21.0 run sizes:update\`, which sets each budget to the current size plus about 2 %.

## Common programs

${table(['', AT_MOST], rowsOf(COMMON, budgets))}

axios itself is not counted. Most of core is the part that keeps one token for many processes: leases in the store, takeover after a crash, late refusals, time limits and checks of stored records.

## Next to other libraries

${table(
  ['', 'refreshes an expired token', 'replays a refused request', 'one refresh for many processes', AT_MOST],
  [
    ...PEERS.map(({ name, refreshes, replays, coordinates }) => [
      `[${name}](https://www.npmjs.com/package/${name})`,
      refreshes,
      replays,
      coordinates,
      kB(budgets[name]),
    ]),
    ['valetkey: core + fetch', 'the library', 'the library', 'the library', kB(budgets['core + fetch'])],
  ],
  4,
)}

google-auth-library runs on Node only and speaks to Google only; openid-client also checks ID tokens; arctic has many vendors' sign-ins.

## Vendors

Each with all that it exports.

${table(['', AT_MOST], rowsOf(VENDORS, budgets))}

## Packages

Each with all that it exports, without what it imports. \`@valetkey/testing\` and \`valetkey\` are not for bundles.

${table(['', AT_MOST], rowsOf(ALONE, budgets))}

## Bundlers

CI bundles \`core + fetch + flume\` and \`core + fetch, API key only\` from the packages as they are published with esbuild, Vite and webpack, and runs the bundles. A program with an API key
contains no token lifecycle and no OAuth code. A program with Flume contains no sign-ins, no discovery, no client keys and no oauth4webapi.

Next.js builds the same program (with Turbopack) into a route of its Node runtime and one of its edge runtime, which Next.js itself has deprecated; both run.

## What makes a difference

- A vendor exports a factory for each grant, so an API key carries no sign-in and a sign-in no other grant: \`import * as bluesonde from '@valetkey/bluesonde'\`, and all
  bundlers drop the exports that are not used. What remains of a vendor is its data and the code that reads them, about 1 kB.
- \`@valetkey/oauth2\` exports its grants one by one; \`oauth2.…\` is all of them. Discovery, client keys, revocation and pushed requests are chunks that a program loads when it first needs them.
- What is decided while a program runs is in every bundle: keys in query parameters and redirects in \`@valetkey/fetch\`, the turns that processes take at a store in \`@valetkey/core\`.
`
}

function rowsOf(programs: readonly Program[], budgets: Budgets): readonly (readonly string[])[] {
  return programs.map(({ name }) => [name, kB(budgets[name])])
}

function kB(bytes: number | undefined): string {
  return bytes === undefined ? '' : (bytes / 1000).toFixed(1)
}
