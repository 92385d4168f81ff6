// `npm test`: every part at once, each with a heading and its time, and the sum of all test cases as the last line.
import { agedTools } from './node-version.mjs'
import { runPart } from './part.mjs'

const LONG = 'Long tests: many processes, further clients and older releases, broken implementations'
const CHROMIUM = { program: 'chromium', install: 'sudo apt-get install -y chromium' }

/** @type {Record<string, import('./part.mjs').Part[]>} */
const plans = {
  all: [
    { title: 'Lint: biome', script: 'lint:biome' },
    { title: 'Lint: oxlint', script: 'lint:oxlint' },
    { title: 'Lint: knip', script: 'lint:knip' },
    { title: 'Lint: sherif', script: 'lint:sherif' },
    { title: 'Types', script: 'typecheck' },
    { title: 'Unit tests', script: 'unit', vitest: true },
    { title: 'README examples', script: 'examples', vitest: true },
    {
      title: 'Browser tests',
      script: 'browser',
      vitest: true,
      // The contract's server, which pages talk to, is the built one.
      after: 'Build',
      needs: CHROMIUM,
    },
    { title: 'Build', script: 'build' },
  ],
  /** What has to work with Node, npm and git only; `scripts/bare.mjs` hides the rest. */
  bare: [
    { title: 'Lint: biome', script: 'lint:biome' },
    { title: 'Lint: oxlint', script: 'lint:oxlint' },
    { title: 'Lint: knip', script: 'lint:knip' },
    { title: 'Lint: sherif', script: 'lint:sherif' },
    { title: 'Types', script: 'typecheck' },
    { title: 'Build', script: 'build' },
    { title: 'Tests of one package', script: 'unit', args: ['packages/vendors/m2m/'], vitest: true },
  ],
  smoke: [
    { title: 'Build', script: 'build' },
    { title: 'Packaging', script: 'packaging', vitest: true, after: 'Build' },
    { title: 'Cloudflare Workers and Durable Objects on workerd', script: 'workerd', vitest: true },
    // What counts processes and watches terminals and pages has the machine nearly for itself.
    {
      title: LONG,
      script: 'long',
      vitest: true,
      after: 'Packaging',
    },
    {
      title: 'Sample app, sign-in and tabs in Chromium',
      script: 'browser:apps',
      vitest: true,
      after: LONG,
      needs: CHROMIUM,
    },
    {
      title: 'Site, API reference and their links',
      script: 'site',
      vitest: true,
      after: LONG,
    },
    {
      title: 'Packed packages: runtimes, bundlers, sizes, exports',
      script: 'smoke',
      vitest: true,
      after: 'Site, API reference and their links',
      needs: CHROMIUM,
    },
  ],
  /** What changes seldom and takes long: every night, and before a release. */
  nightly: [
    { title: 'Build', script: 'build' },
    { title: 'Release, rehearsed', script: 'release:rehearse', vitest: true, after: 'Build' },
    {
      title: 'Clients × rules on Node 20, 22, 24 and in Chromium',
      script: 'client-matrix:check',
      after: 'Build',
      needs: CHROMIUM,
    },
    // Last and alone: it measures nothing, but processes that get no processor look like processes that were stopped.
    {
      title: 'Chaos, 20 s of each store',
      script: 'chaos:short',
      vitest: true,
      after: 'Clients × rules on Node 20, 22, 24 and in Chromium',
    },
  ],
}

const started = new Map()

/** Each part starts once, as soon as the one it waits for has ended; without a build nothing that waits for it runs. */
function start(part, parts) {
  const running = started.get(part.title) ?? runAfter(part, parts)
  started.set(part.title, running)
  return running
}

async function runAfter(part, parts) {
  const before = parts.find(({ title }) => title === part.after)
  const isBroken = before !== undefined && (await start(before, parts)).failed > 0
  if (isBroken && before.script === 'build') {
    return print(part, 0, {
      passed: 0,
      failed: 1,
      skipped: 0,
      output: `not run: "${before.title}" failed`,
      missing: [],
    })
  }
  const startedAt = performance.now()
  const outcome = await runPart(part)
  return print(part, performance.now() - startedAt, outcome)
}

function print(part, durationMs, outcome) {
  const mark = outcome.failed > 0 ? '✗' : outcome.skipped > 0 && outcome.passed === 0 ? '-' : '✓'
  const cases = part.vitest ? `, ${summary(outcome)}` : ''
  console.log(`${mark} ${part.title} (${(durationMs / 1000).toFixed(1)} s${cases})`)
  if (outcome.output !== '') console.log(`\n${outcome.output.trim()}\n`)
  return outcome
}

function summary({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}

const parts = plans[process.argv[2] ?? 'all']
console.log(`Node ${process.versions.node}`)
const note = agedTools(process.versions.node)
if (note !== undefined) console.log(note)
const outcomes = await Promise.all(parts.map((part) => start(part, parts)))
const sum = (/** @type {'passed' | 'failed' | 'skipped'} */ key) =>
  outcomes.reduce((total, outcome) => total + outcome[key], 0)
const total = { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') }
if (parts === plans.all) {
  for (const [when, name] of [
    ['.ci/run also runs, in up to 10 minutes', 'smoke'],
    ['Every night and before a release', 'nightly'],
  ]) {
    console.log(`\n${when} (node scripts/run.mjs ${name}):`)
    for (const { title } of plans[name]) console.log(`  ${title}`)
  }
}
const missing = new Set(outcomes.flatMap((outcome) => outcome.missing))
if (missing.size > 0) console.log(`\nSkipped, because\n  ${[...missing].join('\n  ')}`)
console.log(`\n${summary(total)}`)
process.exitCode = total.failed === 0 ? 0 : 1
