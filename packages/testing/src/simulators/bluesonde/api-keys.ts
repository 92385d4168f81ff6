import { randomBytes } from 'node:crypto'

import type { BluesondeSettings } from './options.ts'

export interface ApiKeys {
  /** `undefined` for a text that is no key, or no longer. */
  scopesOf(key: string): readonly string[] | undefined
  create(scopes?: readonly string[]): string
  delete(key: string): void
}

/** The keys of one organisation. They do not expire. */
export function createApiKeys({ apiKey, scopes: usual }: BluesondeSettings): ApiKeys {
  const keys = new Map(apiKey === undefined ? [] : [[apiKey, usual]])
  return {
    scopesOf: (key) => keys.get(key),
    create(scopes = usual) {
      const key = `sk_test_${randomBytes(24).toString('base64url')}`
      keys.set(key, scopes)
      return key
    },
    delete: (key) => void keys.delete(key),
  }
}
