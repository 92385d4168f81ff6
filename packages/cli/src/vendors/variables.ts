import type { Io } from '../io.ts'

/** The variable of an option: `VALETKEY_AIRTHINGS_CLIENT_ID`. */
export function variableOf(vendor: string, option: string): string {
  const snake = option.replaceAll(/[A-Z]/g, (letter) => `_${letter}`)
  return `VALETKEY_${vendor}_${snake}`.replaceAll('-', '_').toUpperCase()
}

/** Whether the environment names the way to sign in at some vendor. */
export function namesGrant(env: Io['env']): boolean {
  return Object.keys(env).some((name) => /^VALETKEY_.+_GRANT$/.test(name))
}
