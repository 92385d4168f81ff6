// What a program's bundle grows by, minified and compressed with Brotli: prints the table of README.md and writes it there. Run it after a build.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants } from 'node:zlib'
import { build } from 'esbuild'

const PAGE = new URL('README.md', import.meta.url)
const VENDORS = new URL('../packages/vendors/', import.meta.url)

const CORE = fileOf(import.meta.resolve('@valetkey/core'))
const FETCH = fileOf(import.meta.resolve('@valetkey/fetch'))

/** What a bundle should stay below. */
const GOALS_BYTES = { 'core + fetch': 7500, 'core + fetch + flume': 13_000, 'core + fetch with an API key': 3000 }

/** @type {Readonly<Record<string, string>>} */
const PROGRAMS = {
  'core + fetch': `export { createTokenCredential } from ${CORE}; export { withCredential } from ${FETCH}`,
  ...Object.fromEntries(readdirSync(VENDORS).toSorted().map(withVendor)),
  'core + fetch with an API key': `export { createApiKeyCredential } from ${CORE}; export { withCredential } from ${FETCH}`,
  '@badgateway/oauth2-client': `export { OAuth2Client, OAuth2Fetch } from '@badgateway/oauth2-client'`,
}

/** @type {(vendor: string) => [name: string, source: string]} */
function withVendor(vendor) {
  const file = fileOf(new URL(`${vendor}/dist/index.js`, VENDORS))
  return [`core + fetch + ${vendor}`, `export * from ${file}; export { withCredential } from ${FETCH}`]
}

/** @type {(url: string | URL) => string} */
function fileOf(url) {
  return JSON.stringify(fileURLToPath(url))
}

/** @type {(source: string) => Promise<{ minified: number, compressed: number }>} */
async function measure(source) {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: import.meta.dirname },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    write: false,
    logLevel: 'error',
  })
  const code = outputFiles[0].contents
  const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY }
  return { minified: code.byteLength, compressed: brotliCompressSync(code, { params }).byteLength }
}

const kB = (/** @type {number} */ bytes) => (bytes / 1000).toFixed(2)

/** @type {(program: [name: string, source: string]) => Promise<string[]>} */
async function rowOf([name, source]) {
  const { minified, compressed } = await measure(source)
  const goalBytes = GOALS_BYTES[name]
  const goal = goalBytes === undefined ? '' : `${kB(goalBytes)}${compressed > goalBytes ? ' (missed)' : ''}`
  return [name, kB(minified), kB(compressed), goal]
}

/** @type {(rows: readonly (readonly string[])[]) => string} */
function tableOf([head, ...rows]) {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column].length)))
  const pad = (/** @type {string} */ text, /** @type {number} */ column) =>
    column === 0 ? text.padEnd(widths[column]) : text.padStart(widths[column])
  const rule = widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`))
  return [head, rule, ...rows].map((row) => `| ${row.map(pad).join(' | ')} |`).join('\n')
}

const rows = await Promise.all(Object.entries(PROGRAMS).map(rowOf))
const table = tableOf([['program', 'minified, kB', 'and Brotli, kB', 'goal, kB'], ...rows])
console.log(table)
const page = readFileSync(PAGE, 'utf8')
writeFileSync(
  PAGE,
  page.replace(/<!-- size -->[\s\S]*<!-- \/size -->/, () => `<!-- size -->\n\n${table}\n\n<!-- /size -->`),
)
