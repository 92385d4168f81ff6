import { execFile } from 'node:child_process'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { createCli } from './support/cli.ts'
import { BASE_ENVIRONMENT, MAIN } from './support/environment.ts'
import { describeWith } from './support/needs.ts'

const run = promisify(execFile)

/** A Secret Service of its own, unlocked with a password that is made up here. */
const SCRIPT = `
eval "$(printf password | gnome-keyring-daemon --unlock --components=secrets --daemonize 2>/dev/null)"
set -e
valetkey login flowlu
valetkey rotate-keys
valetkey status
valetkey doctor
`

const describeWithKeyring = describeWith('gnome-keyring-daemon', 'sudo apt-get install -y gnome-keyring')

describeWith('dbus-run-session', 'sudo apt-get install -y dbus')('on a session bus', () => {
  describeWithKeyring('the keychain of a Linux desktop', () => {
    test('holds the key of the tokens, which is then nowhere on the disk', async () => {
      const { cwd, home } = createCli()
      const valetkey = `valetkey() { '${process.execPath}' '${MAIN}' "$@"; }`
      writeFileSync(join(cwd, 'session.sh'), `${valetkey}\n${SCRIPT}`)
      const env = {
        ...BASE_ENVIRONMENT,
        HOME: cwd,
        XDG_DATA_HOME: join(cwd, 'data'),
        XDG_RUNTIME_DIR: cwd,
        VALETKEY_HOME: home,
        VALETKEY_KEYCHAIN: '',
        VALETKEY_FLOWLU_COMPANY: 'acme',
        VALETKEY_FLOWLU_API_KEY: 'flowlu-key',
      }
      const { stdout, stderr } = await run('dbus-run-session', ['--', 'sh', 'session.sh'], { cwd, env })
      expect(stdout).toMatch(/^ok +key +in the keychain$/m)
      expect(stdout).toMatch(/^flowlu +default +ready/m)
      expect(stderr).not.toContain('Warning: there is no keychain')
      const records = globSync('keys/*/*.record', { cwd: home }).map((file) => readFileSync(join(home, file), 'utf8'))
      expect(records.join('')).toContain('"place":"keychain"')
      expect(records.join('')).not.toMatch(/"keys":\[[^\]]/)
    })
  })
})
