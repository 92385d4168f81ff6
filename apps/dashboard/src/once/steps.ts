import type { Vendor } from '../vendors/vendor.ts'

/** One thing that happens to a simulated vendor. */
export interface Step {
  readonly name: string
  run(vendor: Vendor): Promise<void>
  /** What this step has to cost, however many requests it makes. */
  readonly tokenCalls: number
  readonly replays: number
}

const BURST = 200

const FIRST_USE = 'first use'

/** A token's life. @param expireTokens lets the time pass that a token lasts */
export function tokenSteps(revokeTokens: () => void, expireTokens: () => void): readonly Step[] {
  return [
    { name: FIRST_USE, run: (vendor) => vendor.read(), tokenCalls: 1, replays: 0 },
    { name: 'token expired', run: after(expireTokens, (vendor) => vendor.read()), tokenCalls: 1, replays: 0 },
    {
      name: 'token revoked by the vendor',
      run: after(revokeTokens, (vendor) => vendor.read()),
      tokenCalls: 1,
      replays: 1,
    },
    { name: `token expired, ${BURST} requests at once`, run: after(expireTokens, burst), tokenCalls: 1, replays: 0 },
  ]
}

/** The life of a token whose end nobody tells: the first to notice are refused. @param expireTokens as of `tokenSteps` */
export function silentTokenSteps(expireTokens: () => void): readonly Step[] {
  return [
    { name: FIRST_USE, run: (vendor) => vendor.read(), tokenCalls: 1, replays: 0 },
    {
      name: 'token died without a word',
      run: after(expireTokens, (vendor) => vendor.read()),
      tokenCalls: 1,
      replays: 1,
    },
    { name: `token died, ${BURST} requests at once`, run: after(expireTokens, burst), tokenCalls: 1, replays: BURST },
  ]
}

/** A key's life: no token is ever asked for. @param replaceKey deletes the key at the vendor and puts another into the vault */
export function keySteps(replaceKey: () => void): readonly Step[] {
  return [
    { name: FIRST_USE, run: (vendor) => vendor.read(), tokenCalls: 0, replays: 0 },
    { name: 'key replaced by its owner', run: after(replaceKey, (vendor) => vendor.read()), tokenCalls: 0, replays: 1 },
    { name: `${BURST} requests at once`, run: burst, tokenCalls: 0, replays: 0 },
  ]
}

function after(happen: () => void, act: Step['run']): Step['run'] {
  return (vendor) => {
    happen()
    return act(vendor)
  }
}

/** Waits for all, then rejects with the first failure. */
async function burst(vendor: Vendor): Promise<void> {
  const requests = Array.from({ length: BURST }, () => vendor.touch())
  await Promise.allSettled(requests)
  await Promise.all(requests)
}
