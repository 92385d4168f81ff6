import type { Budgets } from './budgets.ts'
import { ALONE, COMMON, PEER, type Program, VENDORS } from './programs.ts'

const AT_MOST = 'at most, kB'

const README_TABLE = /(?<=<!-- sizes -->\n\n)[\s\S]*(?=\n\n<!-- \/sizes -->)/

/** The root README with its table of the common programs. */
export function withSizes(readme: string, budgets: Budgets): string {
  const rows = rowsOf(COMMON, budgets)
  return readme.replace(README_TABLE, () => table(['what a bundle grows by', AT_MOST], rows))
}

/** docs/sizes.md */
export function sizesPage(budgets: Budgets): string {
  return `# What it weighs

What a program loads when it starts, libraries included, minified for ES2022 by esbuild and compressed with Brotli 11; what it loads later by \`import()\` (discovery, client keys, revocation) is not counted. The figures are budgets: CI makes
each of these bundles and fails when one is larger. After a change that is meant: \`npx pnpm@12.21.0 run sizes:update\`, which sets each budget to the present size and some two per cent.

## Common programs

${table(['', AT_MOST], rowsOf([...COMMON, PEER], budgets))}

axios itself is not counted. [@badgateway/oauth2-client](https://www.npmjs.com/package/@badgateway/oauth2-client) does the same job for \`fetch\` within one process. What the larger bundle does
beyond it: one refresh over all processes that share a store, late refusals, two strikes, redirects, secrets that do not show.

## Vendors

Each with all that it exports.

${table(['', AT_MOST], rowsOf(VENDORS, budgets))}

## Packages

Each with all that it exports, without what it imports. \`@valetkey/testing\` and \`valetkey\` are not for bundles.

${table(['', AT_MOST], rowsOf(ALONE, budgets))}

## Bundlers

CI bundles \`core + fetch + flume\` and \`core + fetch, API key only\` from the packages as they are published with esbuild, Vite and webpack, and runs the bundles. A program with an API key
holds nothing of the life of tokens and nothing of OAuth; one with Flume nothing of sign-ins, of discovery, of client keys, and no oauth4webapi.

Next.js builds the same program (with Turbopack) into a route of its Node runtime and one of its edge runtime, which Next.js itself has deprecated; both run.

## What makes a difference

- A vendor exports a factory for each grant, so an API key carries no sign-in and a sign-in no other grant: \`import * as bluesonde from '@valetkey/bluesonde'\`, as all
  bundlers take it apart. What remains of a vendor is its data and the code that reads them, about 1 kB.
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

/** All columns but the first are numbers. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(3, ...[head, ...rows].map((row) => row[column]?.length ?? 0)))
  const pad = (cell: string, column: number) =>
    column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)
  const line = (cells: readonly string[]) => `| ${cells.map(pad).join(' | ')} |`
  const rule = widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`))
  return [head, rule, ...rows].map(line).join('\n')
}
