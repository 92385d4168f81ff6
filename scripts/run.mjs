// What `npm start`, `npm test` and `.ci/run` call. It runs before anything is installed: plain JavaScript, no dependencies.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { agedTools, unsupportedNode } from './node-version.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * Installs what the lockfile names for this machine. npm has no Node for musl (Alpine): a Node that cannot run here is
 * taken away, and the machine's takes its place.
 */
const INSTALL =
  'pnpm install --frozen-lockfile --prefer-offline --silent && ' +
  '{ node_modules/node/bin/node --version || rm -f node_modules/node/bin/node; } >/dev/null 2>&1'
const INSTALL_RUNTIMES = 'pnpm --dir test/workspace/runtimes install --frozen-lockfile --prefer-offline --silent'
const INSTALL_SITE = 'pnpm --dir website install --frozen-lockfile --prefer-offline --silent'
const BUILD = 'pnpm exec turbo run build --filter=@valetkey-app/dashboard --output-logs=errors-only'
const TEST = 'pnpm exec node scripts/test.mjs'
const EXPLORE = 'pnpm exec node --conditions=@valetkey/source packages/core/test/model/main.ts'
const MUTATE = 'pnpm exec node --conditions=@valetkey/source test/mutants/main.ts'
const BENCH = 'pnpm exec node bench/main.ts'
const SIMULATE = 'pnpm exec node --conditions=@valetkey/source packages/core/test/simulation/main.ts'

const commands = {
  async start(args) {
    const output = []
    const code = await withPnpm([INSTALL, BUILD], { stdio: ['ignore', 'pipe', 'pipe'], output })
    if (code === 0) return run(nodeForApps(), ['apps/dashboard/dist/main.js', ...args])
    process.stderr.write(Buffer.concat(output))
    return code
  },
  test: () => withPnpm([INSTALL, TEST]),
  model: ([size]) => withPnpm([INSTALL, size === 'large' ? `${EXPLORE} large` : EXPLORE, SIMULATE]),
  bench: (sections) => withPnpm([INSTALL, 'pnpm run build', [BENCH, ...sections.map(quoted)].join(' ')]),
  mutants: (names) => withPnpm([INSTALL, [MUTATE, ...names.map(quoted)].join(' ')]),
  release: () => withPnpm([INSTALL, INSTALL_RUNTIMES, 'pnpm run build', 'pnpm run release:rehearse']),
  version: () => withPnpm([INSTALL, 'pnpm exec changeset version', 'pnpm install --lockfile-only']),
  pack: ([folder = 'tarballs']) =>
    withPnpm([INSTALL, 'pnpm run build', `pnpm exec node scripts/pack-local.mjs ${quoted(resolve(root, folder))}`]),
  site: () => withPnpm([INSTALL, INSTALL_SITE, 'pnpm exec pnpm --dir website run build']),
  bare: () => withPnpm([`${TEST} bare`]),
  smoke: () => withPnpm([INSTALL, INSTALL_RUNTIMES, INSTALL_SITE, `${TEST} smoke`]),
  nightly: () => withPnpm([INSTALL, INSTALL_RUNTIMES, `${TEST} nightly`]),
}

/** As one word of a shell. */
function quoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`
}

/**
 * Runs shell commands one after the other with the project's pnpm on the PATH; it is kept in npm's cache only.
 * pnpm.mjs compares its hash before anything of it runs.
 */
function withPnpm(steps, options) {
  if (!existsSync(join(root, 'node_modules'))) console.error('Installing, about 20 seconds this first time …')
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const [specifier] = packageManager.split('+')
  const npx = ['--prefer-offline', '--yes', '--loglevel=error', '--ignore-scripts', `--package=${specifier}`]
  const check = [`'${process.execPath}' scripts/pnpm.mjs`, 'unset npm_config_ignore_scripts']
  return run('npx', [...npx, '--call', [...check, ...steps].join(' && ')], options)
}

/**
 * Resolves with the exit code, as a shell counts it when a signal ended the program; signals to us go on to the program.
 * `output` collects what is printed to a pipe.
 */
function run(command, args, { output, stdio } = { stdio: 'inherit' }) {
  const child = spawn(command, args, { cwd: root, env: environment(), stdio })
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => output.push(chunk))
  passSignals(child)
  return new Promise((resolve) => {
    child.on('error', (error) => fail(`${command} cannot be started: ${error.message}`))
    child.on('close', (code, signal) => resolve(code ?? 128 + constants.signals[signal]))
  })
}

/** Ctrl-C in a terminal reaches the program by itself; a second one from us could cut its clean-up short. */
function passSignals(child) {
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'))
}

function environment() {
  return {
    ...process.env,
    DO_NOT_TRACK: '1',
    TURBO_TELEMETRY_DISABLED: '1',
    npm_config_update_notifier: 'false',
    pnpm_config_confirm_modules_purge: 'false',
  }
}

/** Node 24 from the workspace's `node` package, else the machine's. */
function nodeForApps() {
  const installed = join(root, 'node_modules/node/bin/node')
  if (spawnSync(installed, ['--version']).status === 0) return installed
  const note = agedTools(process.versions.node)
  if (note !== undefined) console.error(note)
  return process.execPath
}

function fail(message) {
  console.error(message)
  process.exit(1)
}

const problem = unsupportedNode(process.versions.node)
if (problem !== undefined) fail(problem)
const [name, ...args] = process.argv.slice(2)
if (!Object.hasOwn(commands, name ?? '')) fail(`usage: node scripts/run.mjs ${Object.keys(commands).join(' | ')}`)
process.exitCode = await commands[name](args)
