import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { BASE_ENVIRONMENT, MAIN } from './environment.ts'

/** A shell in a window of tmux, with a person at it. */
export interface Terminal {
  /** Types a line and presses Enter. */
  type(line: string): void
  /** Presses a key by tmux's name, e.g. `C-c`. */
  press(key: string): void
  /** Resolves with all that has been shown, as soon as it matches. @throws Error with it when it never does */
  shows(pattern: RegExp): Promise<string>
  close(): void
}

const WIDTH = '150'
const HEIGHT = '50'
/** Only how often one looks, and when it is clear that nothing will come. */
const LOOK_MS = 25
const STUCK_AFTER_MS = 60_000

/** With `valetkey` on its PATH, in an empty folder and an empty home. */
export function openTerminal(env: Readonly<Record<string, string>>): Terminal {
  const folder = mkdtempSync(join(tmpdir(), 'valetkey-tmux-'))
  const [bin, project] = [join(folder, 'bin'), join(folder, 'project')]
  for (const path of [bin, project]) mkdirSync(path)
  writeFileSync(join(bin, 'valetkey'), `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`)
  writeFileSync(join(folder, 'shrc'), "PS1='$ '\n")
  chmodSync(join(bin, 'valetkey'), 0o755)
  const variables = {
    ...BASE_ENVIRONMENT,
    HOME: folder,
    VALETKEY_HOME: join(folder, 'home'),
    PATH: `${bin}:${BASE_ENVIRONMENT.PATH}`,
    ENV: join(folder, 'shrc'),
    TERM: 'screen',
    ...env,
  }
  const tmux = (...args: readonly string[]): string =>
    execFileSync('tmux', ['-S', join(folder, 'socket'), '-f', '/dev/null', ...args], {
      encoding: 'utf8',
      env: variables,
    })
  tmux('new-session', '-d', '-x', WIDTH, '-y', HEIGHT, '-c', project, 'sh')
  const screen = (): string => tmux('capture-pane', '-p', '-J', '-S', '-').trimEnd()
  return {
    type(line) {
      tmux('send-keys', '-l', line)
      tmux('send-keys', 'Enter')
    },
    press: (key) => void tmux('send-keys', key),
    async shows(pattern) {
      const giveUpAt = performance.now() + STUCK_AFTER_MS
      for (let text = screen(); ; text = screen()) {
        if (pattern.test(text)) return text
        if (performance.now() > giveUpAt) throw new Error(`the terminal never showed ${pattern}:\n${text}`)
        await pause(LOOK_MS)
      }
    },
    close() {
      tmux('kill-server')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
