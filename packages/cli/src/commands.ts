import type { CommandIo } from './io.ts'
import type { FlagName, ListName, OptionName, ValueName } from './options.ts'
import type { Output } from './output.ts'

/** One call of a command, its arguments checked. */
export interface Invocation {
  readonly io: CommandIo
  readonly output: Output
  readonly positionals: readonly string[]
  readonly flags: Readonly<Partial<Record<FlagName, true>>>
  readonly values: Readonly<Partial<Record<ValueName, string>>>
  /** Options that may be given several times. */
  readonly lists: Readonly<Partial<Record<ListName, readonly string[]>>>
}

/** @returns the exit code; nothing is 0 */
export type Run = (invocation: Invocation) => Promise<number | undefined>

export type CommandName =
  | 'login'
  | 'import'
  | 'status'
  | 'token'
  | 'fetch'
  | 'refresh'
  | 'proxy'
  | 'logout'
  | 'vendors'
  | 'rotate-keys'
  | 'doctor'
  | 'trust'
  | 'completion'

export interface Command {
  readonly name: CommandName
  readonly summary: string
  /** What stands behind the name, `<vendor>` or `[vendor]`; checked. */
  readonly positionals: readonly string[]
  readonly options: readonly OptionName[]
  /** Loaded when it runs, so that the others start fast. */
  load(): Promise<Run>
}

/** All of them in one file when it is built: a start spends its time on opening files. */
async function load(name: Exclude<CommandName, 'status'>): Promise<Run> {
  const { COMMAND_RUNS } = await import('./command-runs.ts')
  return COMMAND_RUNS[name]
}

export const COMMANDS: readonly Command[] = [
  {
    name: 'login',
    summary: 'sign in at a vendor and keep the tokens',
    positionals: ['<vendor>'],
    options: ['account', 'grant', 'device', 'scope', 'again', 'redirect-uri', 'browser', 'store', 'config'],
    load: () => load('login'),
  },
  {
    name: 'import',
    summary: 'keep tokens from elsewhere, as JSON on standard input',
    positionals: ['<vendor>'],
    options: ['account', 'grant', 'store', 'config'],
    load: () => load('import'),
  },
  {
    name: 'status',
    summary: 'who is signed in, and for how long',
    positionals: ['[vendor]'],
    options: ['names', 'account', 'store', 'config'],
    load: async () => (await import('./commands/status.ts')).run,
  },
  {
    name: 'token',
    summary: 'print the access token, renewed if need be',
    positionals: ['<vendor>'],
    options: ['account', 'store', 'config'],
    load: () => load('token'),
  },
  {
    name: 'fetch',
    summary: 'send a request with the credential that covers its address',
    positionals: ['<url>'],
    options: ['request', 'header', 'data', 'include', 'fail', 'vendor', 'account', 'store', 'config'],
    load: () => load('fetch'),
  },
  {
    name: 'refresh',
    summary: 'refresh tokens before they end, for cron',
    positionals: ['[vendor]'],
    options: ['account', 'all', 'force', 'store', 'config'],
    load: () => load('refresh'),
  },
  {
    name: 'proxy',
    summary: 'send what programs of this machine ask for, with the credential that covers it',
    positionals: ['[vendor]'],
    options: ['account', 'port', 'store', 'config'],
    load: () => load('proxy'),
  },
  {
    name: 'logout',
    summary: 'forget the tokens, and revoke them where the vendor can',
    positionals: ['<vendor>'],
    options: ['account', 'store', 'config'],
    load: () => load('logout'),
  },
  {
    name: 'vendors',
    summary: 'the vendors and their ways to sign in; of one the variables, too',
    positionals: ['[vendor]'],
    options: ['names', 'config'],
    load: () => load('vendors'),
  },
  {
    name: 'rotate-keys',
    summary: 'encrypt the store with a new key',
    positionals: [],
    options: ['store'],
    load: () => load('rotate-keys'),
  },
  {
    name: 'doctor',
    summary: 'check configuration, clock, network and store',
    positionals: [],
    options: ['repair', 'yes', 'store', 'config'],
    load: () => load('doctor'),
  },
  {
    name: 'trust',
    summary: 'allow the configuration and the packages of a folder',
    positionals: ['[folder]'],
    options: ['list', 'revoke', 'config'],
    load: () => load('trust'),
  },
  {
    name: 'completion',
    summary: 'print a script that completes commands in a shell',
    positionals: ['<bash|zsh|fish>'],
    options: [],
    load: () => load('completion'),
  },
]
