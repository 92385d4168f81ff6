import { join } from 'node:path'

export const MAIN: string = join(import.meta.dirname, '../../src/main.ts')

/** What a started process needs to run the sources; tests never touch the keychain of whoever runs them. */
export const BASE_ENVIRONMENT: Readonly<Record<string, string>> & { readonly PATH: string } = {
  PATH: process.env.PATH ?? '',
  NODE_OPTIONS: '--conditions=@valetkey/source',
  NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? '',
  VALETKEY_KEYCHAIN: 'off',
  BROWSER: 'none',
}
