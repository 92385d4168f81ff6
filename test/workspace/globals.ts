import { afterAll, vi } from 'vitest'

/** Files of one worker share these: one that stays replaced breaks the tests of other files. */
const NAMES = ['fetch', 'Request', 'Response', 'Headers', 'FormData', 'setTimeout', 'Date'] as const

const before = NAMES.map((name) => globalThis[name])

afterAll(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
  const replaced = NAMES.filter((name, index) => globalThis[name] !== before[index])
  if (replaced.length > 0) throw new Error(`this file leaves other globals than it found: ${replaced.join(', ')}`)
})
