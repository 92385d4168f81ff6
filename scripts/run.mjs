// What `npm start`, `npm test` and `.ci/run` call. It runs before anything is installed: plain JavaScript, no dependencies.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { agedTools, unsupportedNode } from './node-version.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const onWindows = process.platform === 'win32'

const INSTALL = 'pnpm install --frozen-lockfile --prefer-offline --silent'
const BUILD = 'pnpm exec turbo run build --filter=@valetkey-app/dashboard --output-logs=errors-only'
const INSTALL_RUNTIMES = 'pnpm --dir test/workspace/runtimes install --frozen-lockfile --prefer-offline --silent'

const commands = {
  async start(args) {
    await prepare(INSTALL, BUILD)
    const node = nodeForApps()
    return run(node, ['apps/dashboard/dist/main.js', ...args])
  },
  test: () => withPnpm([INSTALL, 'pnpm exec node scripts/test.mjs'], { stdio: 'inherit' }),
  smoke: () => withPnpm([INSTALL, INSTALL_RUNTIMES, 'pnpm exec node scripts/test.mjs smoke'], { stdio: 'inherit' }),
}

/** Runs shell commands one after the other with the project's pnpm on the PATH; nothing of it stays on the machine but npm's cache. */
function withPnpm(steps, options) {
  const npx = [
    '--prefer-offline',
    '--yes',
    '--loglevel=error',
    `--package=${packageManager}`,
    '--call',
    steps.join(' && '),
  ]
  return run('npx', onWindows ? npx.map((arg) => `"${arg}"`) : npx, { ...options, shell: onWindows })
}

/** Says nothing but what fails. */
async function prepare(...steps) {
  if (!existsSync(join(root, 'node_modules')))
    console.error('Installing and building, about 20 seconds this first time …')
  const output = []
  const code = await withPnpm(steps, { stdio: ['ignore', 'pipe', 'pipe'], output })
  if (code === 0) return
  process.stderr.write(Buffer.concat(output))
  process.exit(code)
}

/** Resolves with the exit code, as a shell counts it when a signal ended the program. Signals to us go on to the program. */
function run(command, args, { output, ...options } = { stdio: 'inherit' }) {
  const child = spawn(command, args, { cwd: root, env: environment(), ...options })
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => output.push(chunk))
  passSignals(child)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve(code ?? 128 + constants.signals[signal]))
  })
}

/** Ctrl-C in a terminal reaches the program by itself; a second one from us could cut its clean-up short. */
function passSignals(child) {
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  process.on('SIGHUP', () => child.kill('SIGHUP'))
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
  const installed = join(root, 'node_modules', 'node', 'bin', onWindows ? 'node.exe' : 'node')
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
