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
      ['login', 'github', '--grant', ''],
      ['authorizationCode', 'deviceCode'],
    ],
    [['login', '--account', 'work', 'github', '--grant', 'dev'], ['deviceCode']],
    [['fetch', 'https://api.example.com/', '--vendor', 'githu'], ['github']],
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

describeWith('bash', 'sudo apt-get install -y bash')('completion of accounts in bash', () => {
  test.each([
    [
      ['token', 'bluesonde', '--account', ''],
      ['default', 'work'],
    ],
    [['token', '--store', 'x', 'bluesonde', '--account', 'w'], ['work']],
    [['token', 'm2m', '--account', ''], ['other']],
    [['fetch', '-d', 'x', 'https://api.example.com/', '--vendor', 'm2m', '--account', ''], ['other']],
    [
      ['fetch', 'https://api.example.com/', '--account', ''],
      ['default', 'work', 'other'],
    ],
    [['token', 'flume', '--account', ''], ['']],
  ])(
    'knows those of the vendor that stands on the line, and no name that a shell would run: %j',
    async (words, found) => {
      const cli = await withAccounts()
      const { stdout: script } = await cli.run('completion', 'bash')
      expect(completeInBash(cli, script, words)).toEqual(found)
    },
  )
})

describeWith('zsh', 'sudo apt-get install -y zsh')('completion in zsh', () => {
  test('runs that of bash for accounts and grants', async () => {
    const cli = await withAccounts()
    const { stdout: script } = await cli.run('completion', 'zsh')
    const offered = (...words: readonly string[]) => {
      // As bashcompinit calls a function of bash.
      const ask = `ask() { emulate -L sh; setopt kshglob noshglob braceexpand; COMP_WORDS=(valetkey "$@"); COMP_CWORD=$#; _valetkey; printf '%s\\n' "\${COMPREPLY[@]}" }; ask "$@"`
      return runShell(cli, 'zsh', ['-f', '-c', `${script}\n${ask}`, 'zsh', ...words])
    }
    expect(offered('token', 'bluesonde', '--account', '')).toEqual(['default', 'work'])
    // zsh itself compares with what is typed.
    expect(offered('login', 'github', '--grant', 'dev')).toEqual(['authorizationCode', 'deviceCode'])
  })
})

describeWith('fish', 'sudo apt-get install -y fish')('completion in fish', () => {
  test.each([
    ['valetkey token bluesonde --account ', ['default', 'work']],
    ['valetkey token --account w', ['work']],
    ['valetkey fetch https://api.example.com/ --vendor m2m --account ', ['other']],
    ['valetkey login github --grant ', ['authorizationCode', 'deviceCode']],
    ['valetkey login githu', ['github']],
  ])('knows accounts and grants of the vendor that stands on the line: %s', async (line, found) => {
    const cli = await withAccounts()
    const { stdout: script } = await cli.run('completion', 'fish')
    const offered = runShell(cli, 'fish', ['--no-config', '-c', `${script}\ncomplete -C '${line}'`])
    expect(offered.map((candidate) => candidate.split('\t')[0])).toEqual(found)
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

/** Two accounts of one vendor, one of another, and one with a name that a shell would run. */
async function withAccounts(): Promise<Cli> {
  const cli = createCli({
    VALETKEY_KEY: 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=',
    VALETKEY_BLUESONDE_API_KEY: 'key',
    VALETKEY_BLUESONDE_BASE_URL: 'https://bluesonde.example',
    VALETKEY_M2M_CLIENT_ID: 'm2m',
  })
  const accounts = [
    ['bluesonde', 'default', 'api-key'],
    ['bluesonde', 'work', 'api-key'],
    ['bluesonde', '$(touch run)', 'api-key'],
  ]
  for (const [vendor = '', account = '', grant = ''] of accounts)
    expect(await cli.run('login', vendor, '--account', account, '--grant', grant)).toMatchObject({ code: 0 })
  const tokens = JSON.stringify({ accessToken: 'token' })
  const m2m = cli.with({ VALETKEY_M2M_CLIENT_SECRET: 'secret', VALETKEY_M2M_BASE_URL: 'https://m2m.example' })
  expect(await m2m.runWith(tokens, 'import', 'm2m', '--account', 'other')).toMatchObject({ code: 0 })
  return cli
}

/** What bash offers for the last word. */
function completeInBash(cli: Cli, script: string, words: readonly string[]): string[] {
  const ask = `COMP_WORDS=(valetkey "$@"); COMP_CWORD=$#; _valetkey; printf '%s\\n' "\${COMPREPLY[@]}"`
  return runShell(cli, 'bash', ['--norc', '-c', `${script}\n${ask}`, 'bash', ...words])
}

/** The lines that a shell prints in which `valetkey` is this program. */
function runShell({ cwd, env }: Cli, shell: string, args: readonly string[]): string[] {
  const program = join(cwd, 'valetkey')
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`)
  chmodSync(program, 0o755)
  const path = `${cwd}:${BASE_ENVIRONMENT.PATH}`
  const printed = execFileSync(shell, args, {
    cwd,
    env: { ...env, PATH: path },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return printed.trimEnd().split('\n')
}
