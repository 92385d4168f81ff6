import type { Command } from './command.ts'

export const COMMANDS: readonly Command[] = [
  {
    name: 'login',
    summary: 'sign in at a vendor and keep the tokens',
    positionals: ['<vendor>'],
    options: ['account', 'grant', 'device', 'scope', 'again', 'redirect-uri', 'browser', 'store', 'config'],
  },
  {
    name: 'import',
    summary: 'keep tokens from elsewhere, as JSON on standard input',
    positionals: ['<vendor>'],
    options: ['account', 'grant', 'store', 'config'],
  },
  {
    name: 'status',
    summary: 'who is signed in, and for how long',
    positionals: ['[vendor]'],
    options: ['names', 'account', 'store', 'config'],
  },
  {
    name: 'token',
    summary: 'print the access token, renewed if need be',
    positionals: ['<vendor>'],
    options: ['account', 'store', 'config'],
  },
  {
    name: 'fetch',
    summary: 'send a request with the credential that covers its address',
    positionals: ['<url>'],
    options: ['request', 'header', 'data', 'include', 'fail', 'vendor', 'account', 'store', 'config'],
  },
  {
    name: 'refresh',
    summary: 'refresh tokens before they end, for cron',
    positionals: ['[vendor]'],
    options: ['account', 'all', 'force', 'store', 'config'],
  },
  {
    name: 'proxy',
    summary: 'send what programs of this machine ask for, with the credential that covers it',
    positionals: ['[vendor]'],
    options: ['account', 'port', 'store', 'config'],
  },
  {
    name: 'logout',
    summary: 'forget the tokens, and revoke them where the vendor can',
    positionals: ['<vendor>'],
    options: ['account', 'store', 'config'],
  },
  {
    name: 'vendors',
    summary: 'the vendors and their ways to sign in; of one the variables, too',
    positionals: ['[vendor]'],
    options: ['names', 'config'],
  },
  {
    name: 'rotate-keys',
    summary: 'encrypt the store with a new key',
    positionals: [],
    options: ['store'],
  },
  {
    name: 'doctor',
    summary: 'check configuration, clock, network and store',
    positionals: [],
    options: ['repair', 'yes', 'store', 'config'],
  },
  {
    name: 'trust',
    summary: 'allow the configuration and the packages of a folder',
    positionals: ['[folder]'],
    options: ['list', 'revoke', 'config'],
  },
  {
    name: 'completion',
    summary: 'print a script that completes commands in a shell',
    positionals: ['<bash|zsh|fish>'],
    options: [],
  },
]
