import type { TokenStore } from '@valetkey/core'
import { epochMs } from '../epoch.ts'
import { serialIn } from '../vendor/token-families.ts'
import type { Print } from './worker-line.ts'

/** The store, and a line for each refresh token that it is seen to hold. The vendor's tokens are recognised in any text. */
export function reportStored(store: TokenStore, print: Print): TokenStore {
  let newest = -1
  const report = (value: string | undefined): void => {
    const serial = value === undefined ? undefined : serialIn(value)
    if (serial === undefined || serial === newest) return
    newest = serial
    print({ type: 'stored', serial, at: epochMs() })
  }
  const { waitForChange } = store
  return {
    specVersion: store.specVersion,
    async get(key) {
      const read = await store.get(key)
      report(read.value)
      return read
    },
    async compareAndSet(key, expected, value, options) {
      const result = await store.compareAndSet(key, expected, value, options)
      if (result.ok) report(value)
      return result
    },
    ...(waitForChange && { waitForChange: (...args) => waitForChange.apply(store, args) }),
  }
}
