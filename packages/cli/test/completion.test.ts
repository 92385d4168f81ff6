import { execFileSync } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Cli, createCli } from './support/cli.ts'
import { BASE_ENVIRONMENT, MAIN } from './support/environment.ts'
import { describeWith } from './support/needs.ts'

describeWith('bash', 'sudo apt-get install -y bash')('completion in bash', () => {
  test.each([
    [['lo'], ['login', 'logout']],
    [['status', '--st'], ['--store']],
    [['doctor', '--re'], ['--repair']],
    [['login', 'flum'], ['flume']],
    [['vendors', 'githu'], ['github']],
    [
      ['completion', ''],
      ['--json', '--help', 'bash', 'zsh', 'fish'],
    ],
  ])('knows commands, options and vendors: %j', async (words, candidates) => {
    const cli = createCli()
    const { stdout: script } = await cli.run('completion', 'bash')
    expect(completeInBash(cli, script, words)).toEqual(candidates)
  })
})

test('completion in zsh is that of bash', async () => {
  const cli = createCli()
  const [bash, zsh] = [await cli.run('completion', 'bash'), await cli.run('completion', 'zsh')]
  expect(zsh.stdout.endsWith(`bashcompinit && bashcompinit\n${bash.stdout}`)).toBe(true)
})

test('completion in fish knows commands, options and vendors', async () => {
  const { stdout } = await createCli().run('completion', 'fish')
  const lines = stdout.split('\n')
  expect(lines).toContain(
    "complete -c valetkey -f -n __fish_use_subcommand -a logout -d 'forget the tokens, and revoke them where the vendor can'",
  )
  expect(stdout).toMatch(/^complete -c valetkey -n '__fish_seen_subcommand_from fetch' -l header -s H -r -d '/m)
  expect(stdout).toMatch(/'__fish_seen_subcommand_from token' -a "\(valetkey vendors --names 2>\/dev\/null\)"$/m)
})

/** What bash offers for the last word. */
function completeInBash({ cwd }: Cli, script: string, words: readonly string[]): string[] {
  const program = join(cwd, 'valetkey')
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`)
  chmodSync(program, 0o755)
  const ask = `COMP_WORDS=(valetkey "$@"); COMP_CWORD=$#; _valetkey; printf '%s\\n' "\${COMPREPLY[@]}"`
  const env = { ...BASE_ENVIRONMENT, PATH: `${cwd}:${BASE_ENVIRONMENT.PATH}` }
  const printed = execFileSync('bash', ['--norc', '-c', `${script}\n${ask}`, 'bash', ...words], {
    cwd,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return printed.trimEnd().split('\n')
}
