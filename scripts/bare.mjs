// Runs the plan "bare" of scripts/test.mjs where there is no program beside node, npm, git and what every system has, and an
// empty home. It installs nothing: the checkout is that of `npm test`.
import { execFileSync, spawnSync } from 'node:child_process'
import { accessSync, constants, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** POSIX; pnpm's starters of programs, npm and git use them. */
const SYSTEM =
  'sh env cat cp ls mkdir mv rm rmdir ln dirname basename uname sed grep tr head tail wc cut sort expr test id chmod date'

const folder = mkdtempSync(join(tmpdir(), 'valetkey-bare-'))
const [bin, home] = ['bin', 'home'].map((name) => join(folder, name))
try {
  for (const path of [bin, home]) mkdirSync(path)
  for (const name of ['npm', 'npx', 'git', ...SYSTEM.split(' ')]) symlinkSync(pathOf(name), join(bin, name))
  symlinkSync(process.execPath, join(bin, 'node'))
  const { CI: _, ...environment } = process.env
  const { status } = spawnSync(process.execPath, ['scripts/run.mjs', 'bare'], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    env: {
      ...environment,
      PATH: bin,
      HOME: home,
      npm_config_cache: execFileSync('npm', ['config', 'get', 'cache'], { encoding: 'utf8' }).trim(),
      pnpm_config_verify_deps_before_run: 'false',
    },
    stdio: 'inherit',
  })
  process.exitCode = status ?? 1
} finally {
  rmSync(folder, { recursive: true })
}

function pathOf(name) {
  const files = (process.env.PATH ?? '').split(delimiter).map((at) => join(at, name))
  const file = files.find((path) => {
    try {
      accessSync(path, constants.X_OK)
      return true
    } catch {
      return false
    }
  })
  if (file === undefined) throw new Error(`${name} is not on the PATH`)
  return file
}
