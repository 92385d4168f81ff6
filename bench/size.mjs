// What a program's bundle grows by, minified and compressed with Brotli. Run it after a build; see README.md.
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants } from 'node:zlib'
import { build } from 'esbuild'

const CORE = fileOf(import.meta.resolve('@valetkey/core'))
const FETCH = fileOf(import.meta.resolve('@valetkey/fetch'))
const FLUME = fileOf(import.meta.resolve('@valetkey/flume'))

/** @type {readonly { name: string, goalBytes?: number, source: string }[]} */
const PROGRAMS = [
  {
    name: 'core + fetch',
    goalBytes: 7500,
    source: `export { createTokenCredential } from ${CORE}; export { withCredential } from ${FETCH}`,
  },
  {
    name: 'core + fetch + flume',
    goalBytes: 13_000,
    source: `export { flume } from ${FLUME}; export { withCredential } from ${FETCH}`,
  },
  {
    name: 'fetch with an API key',
    goalBytes: 3000,
    source: `export { createApiKeyCredential } from ${CORE}; export { withCredential } from ${FETCH}`,
  },
  {
    name: '@badgateway/oauth2-client',
    source: `export { OAuth2Client, OAuth2Fetch } from '@badgateway/oauth2-client'`,
  },
]

/** @type {(url: string) => string} */
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

console.log('| program | minified, kB | and Brotli, kB | goal, kB |\n| --- | ---: | ---: | ---: |')
for (const { name, goalBytes, source } of PROGRAMS) {
  const { minified, compressed } = await measure(source)
  const goal = goalBytes === undefined ? '-' : `${kB(goalBytes)}${compressed > goalBytes ? ' (missed)' : ''}`
  console.log(`| ${name} | ${kB(minified)} | ${kB(compressed)} | ${goal} |`)
}
