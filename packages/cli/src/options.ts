/** Given or not. */
export type FlagName =
  | 'again'
  | 'all'
  | 'device'
  | 'fail'
  | 'force'
  | 'help'
  | 'include'
  | 'json'
  | 'list'
  | 'names'
  | 'repair'
  | 'revoke'
  | 'yes'
/** With one value. */
export type ValueName =
  | 'account'
  | 'browser'
  | 'config'
  | 'data'
  | 'grant'
  | 'port'
  | 'redirect-uri'
  | 'request'
  | 'store'
  | 'vendor'
/** May be given several times. */
export type ListName = 'header' | 'scope'
export type OptionName = FlagName | ValueName | ListName

export interface Option<Kind extends 'flag' | 'value' | 'list' = 'flag' | 'value' | 'list'> {
  readonly kind: Kind
  readonly short?: string
  /** What stands for its value in the help. */
  readonly value?: string
  readonly summary: string
}

type Options = Readonly<
  Record<FlagName, Option<'flag'>> & Record<ValueName, Option<'value'>> & Record<ListName, Option<'list'>>
>

export const OPTIONS: Options = {
  account: {
    kind: 'value',
    value: '<name>',
    summary: 'whose tokens, where a vendor has several accounts (default: default)',
  },
  all: { kind: 'flag', summary: 'every account, of the vendor if one is named' },
  again: {
    kind: 'flag',
    summary: 'ask for client id, secret, scopes and all else that it takes, as at the first login',
  },
  browser: { kind: 'value', value: '<program>', summary: 'opens the address of the sign-in; "none" prints it only' },
  config: { kind: 'value', value: '<file>', summary: 'configuration (default: valetkey.config.json in this folder)' },
  data: { kind: 'value', short: 'd', value: '<text>', summary: 'body of the request; @file, @- for standard input' },
  device: { kind: 'flag', summary: 'sign in by a code that is typed in on another device' },
  fail: { kind: 'flag', short: 'f', summary: 'exit code 7 when the answer is 400 or more' },
  force: { kind: 'flag', summary: 'also what is not due, unless it was refreshed within the last minute' },
  grant: {
    kind: 'value',
    value: '<name>',
    summary: 'the way to sign in, as "valetkey vendors" lists them',
  },
  header: { kind: 'list', short: 'H', value: '<name: text>', summary: 'header of the request; may be repeated' },
  help: { kind: 'flag', short: 'h', summary: 'this text' },
  include: { kind: 'flag', short: 'i', summary: 'print status and headers of the answer too' },
  json: { kind: 'flag', summary: 'one JSON object on standard output; errors as JSON on standard error' },
  list: { kind: 'flag', summary: 'what is allowed, and whether it has changed since' },
  names: { kind: 'flag', summary: 'the names only' },
  port: { kind: 'value', value: '<number>', summary: 'of this machine, on which it listens (default: any free one)' },
  'redirect-uri': {
    kind: 'value',
    value: '<url>',
    summary: 'the loopback address that the vendor has on file (default: any port)',
  },
  repair: { kind: 'flag', summary: 'remove damaged records, after a question; their accounts have to sign in again' },
  request: { kind: 'value', short: 'X', value: '<method>', summary: 'method (default: GET, POST with a body)' },
  revoke: { kind: 'flag', summary: 'allow it no longer' },
  scope: { kind: 'list', value: '<scope>', summary: 'what to ask for; may be repeated' },
  store: {
    kind: 'value',
    value: '<url>',
    summary: 'redis://, postgres:// or file: instead of the store of this machine',
  },
  vendor: { kind: 'value', value: '<name>', summary: 'whose credential, where several cover the address' },
  yes: { kind: 'flag', summary: 'repair without a question' },
}

/** What every command has. */
export const COMMON_OPTIONS: readonly OptionName[] = ['json', 'help']
