import { afterAll, afterEach } from 'vitest'
import { loopbackGuard } from './guard.ts'

const guard = loopbackGuard()

/** The program under test may have taken the refusal for an outage: the test fails all the same. */
function requireLoopback(): void {
  const refused = guard.take()
  if (refused.length === 0) return
  throw new Error(`tests send nothing to other machines; this one would have, to ${[...new Set(refused)].join(', ')}`)
}

afterEach(requireLoopback)
afterAll(requireLoopback)
