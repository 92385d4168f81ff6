import type { Io } from './io.ts'
import type { Output } from './output.ts'

/** One call of a command, its arguments checked. */
export interface Invocation {
  readonly io: Io
  readonly output: Output
  readonly positionals: readonly string[]
  readonly flags: Readonly<Partial<Record<FlagName, true>>>
  readonly values: Readonly<Partial<Record<ValueName, string>>>
  /** Options that may be given several times. */
  readonly lists: Readonly<Partial<Record<ListName, readonly string[]>>>
}

/** @returns the exit code; nothing is 0 */
export type Run = (invocation: Invocation) => Promise<number | undefined>

export interface Command {
  readonly name: string
  readonly summary: string
  /** What stands behind the name, `<vendor>` or `[vendor]`; checked. */
  readonly positionals: readonly string[]
  readonly options: readonly OptionName[]
  /** Loaded when it runs, so that the others start fast. */
  load(): Promise<{ readonly run: Run }>
}

export interface Option {
  readonly kind: 'flag' | 'value' | 'list'
  readonly short?: string
  /** What stands for its value in the help. */
  readonly value?: string
  readonly summary: string
}

export const OPTIONS = {
  account: {
    kind: 'value',
    value: '<name>',
    summary: 'whose tokens, where a vendor has several accounts (default: default)',
  },
  browser: { kind: 'value', value: '<program>', summary: 'opens the address of the sign-in; "none" prints it only' },
  config: { kind: 'value', value: '<file>', summary: 'configuration (default: valetkey.config.json in this folder)' },
  data: { kind: 'value', short: 'd', value: '<text>', summary: 'body of the request; @file, @- for standard input' },
  device: { kind: 'flag', summary: 'sign in by a code that is typed in on another device' },
  fail: { kind: 'flag', short: 'f', summary: 'exit code 7 when the answer is 400 or more' },
  grant: {
    kind: 'value',
    value: '<name>',
    summary: 'the way to sign in, as "valetkey vendors" lists them',
  },
  header: { kind: 'list', short: 'H', value: '<name: text>', summary: 'header of the request; may be repeated' },
  help: { kind: 'flag', short: 'h', summary: 'this text' },
  include: { kind: 'flag', short: 'i', summary: 'print status and headers of the answer too' },
  json: { kind: 'flag', summary: 'one JSON object on standard output; errors as JSON on standard error' },
  names: { kind: 'flag', summary: 'the names only' },
  'redirect-uri': {
    kind: 'value',
    value: '<url>',
    summary: 'the loopback address that the vendor has on file (default: any port)',
  },
  request: { kind: 'value', short: 'X', value: '<method>', summary: 'method (default: GET, POST with a body)' },
  scope: { kind: 'list', value: '<scope>', summary: 'what to ask for; may be repeated' },
  store: {
    kind: 'value',
    value: '<url>',
    summary: 'redis://, postgres:// or file: instead of the store of this machine',
  },
  vendor: { kind: 'value', value: '<name>', summary: 'whose credential, where several cover the address' },
} as const satisfies Readonly<Record<string, Option>>

export type OptionName = keyof typeof OPTIONS
type NameOf<Kind extends Option['kind']> = {
  [Name in OptionName]: (typeof OPTIONS)[Name]['kind'] extends Kind ? Name : never
}[OptionName]
export type FlagName = NameOf<'flag'>
export type ValueName = NameOf<'value'>
export type ListName = NameOf<'list'>

export const COMMANDS: readonly Command[] = [
  {
    name: 'login',
    summary: 'sign in at a vendor and keep the tokens',
    positionals: ['<vendor>'],
    options: ['account', 'grant', 'device', 'scope', 'redirect-uri', 'browser', 'store', 'config'],
    load: () => import('./commands/login.ts'),
  },
  {
    name: 'status',
    summary: 'who is signed in, and for how long',
    positionals: ['[vendor]'],
    options: ['account', 'store', 'config'],
    load: () => import('./commands/status.ts'),
  },
  {
    name: 'token',
    summary: 'print the access token, renewed if need be',
    positionals: ['<vendor>'],
    options: ['account', 'store', 'config'],
    load: () => import('./commands/token.ts'),
  },
  {
    name: 'fetch',
    summary: 'send a request with the credential that covers its address',
    positionals: ['<url>'],
    options: ['request', 'header', 'data', 'include', 'fail', 'vendor', 'account', 'store', 'config'],
    load: () => import('./commands/fetch.ts'),
  },
  {
    name: 'logout',
    summary: 'forget the tokens, and revoke them where the vendor can',
    positionals: ['<vendor>'],
    options: ['account', 'store', 'config'],
    load: () => import('./commands/logout.ts'),
  },
  {
    name: 'vendors',
    summary: 'the installed vendors, their ways to sign in and their variables',
    positionals: [],
    options: ['names', 'config'],
    load: () => import('./commands/vendors.ts'),
  },
  {
    name: 'rotate-keys',
    summary: 'encrypt the store with a new key',
    positionals: [],
    options: ['store'],
    load: () => import('./commands/rotate-keys.ts'),
  },
  {
    name: 'doctor',
    summary: 'check configuration, clock, network and store',
    positionals: [],
    options: ['store', 'config'],
    load: () => import('./commands/doctor.ts'),
  },
  {
    name: 'completion',
    summary: 'print a script that completes commands in a shell',
    positionals: ['<bash|zsh|fish>'],
    options: [],
    load: () => import('./commands/completion.ts'),
  },
]

/** What every command has. */
export const COMMON_OPTIONS: readonly OptionName[] = ['json', 'help']
