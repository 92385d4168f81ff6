import { randomBytes } from 'node:crypto'

export interface ApiKeys {
  /** `undefined` for a string that is not a valid key. */
  permissionsOf(key: string): readonly string[] | undefined
  create(permissions?: readonly string[]): string
  delete(key: string): void
}

/** The keys of one customer; they do not expire. `permissions` are those of the first key, and of others that name none. */
export function createApiKeys(options: {
  readonly first: string | undefined
  readonly permissions: readonly string[]
  /** What every further key begins with. */
  readonly prefix: string
}): ApiKeys {
  const { first, permissions: usual, prefix } = options
  const keys = new Map(first === undefined ? [] : [[first, usual]])
  return {
    permissionsOf: (key) => keys.get(key),
    create(permissions = usual) {
      const key = prefix + randomBytes(24).toString('base64url')
      keys.set(key, permissions)
      return key
    },
    delete: (key) => void keys.delete(key),
  }
}
