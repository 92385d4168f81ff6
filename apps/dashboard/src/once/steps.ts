import { revokeTokens, type Simulation } from '../vendors/simulated.ts'
import type { Vendor } from '../vendors/vendor.ts'

/** One thing that happens to a simulated vendor, and the request or requests that meet it. */
export interface Step {
  readonly name: string
  /** What its row shows, for a row that needs it. */
  readonly shows?: string
  run(vendor: Vendor): Promise<void>
  /** What this step has to cost, for any number of requests. */
  readonly tokenCalls: number
  readonly replays: number
}

const BURST = 200

/** What the scenario does to a vendor, in this order. */
export function stepsOf({ lifetimeMs, isSilent, replaceKey, clock, simulator }: Simulation): readonly Step[] {
  const expire = () => clock.advance(lifetimeMs ?? 0)
  if (replaceKey) return keySteps(replaceKey)
  return isSilent ? silentTokenSteps(expire) : tokenSteps(() => revokeTokens(simulator, clock), expire)
}

function tokenSteps(revoke: () => void, expire: () => void): readonly Step[] {
  return [
    { name: 'first use', run: read, tokenCalls: 1, replays: 0 },
    { name: 'token expired', run: after(expire, read), tokenCalls: 1, replays: 0 },
    {
      name: 'token revoked by the vendor',
      shows: 'The request was refused with 401, one token call got a new token, and the request was replayed with it.',
      run: after(revoke, read),
      tokenCalls: 1,
      replays: 1,
    },
    {
      name: `token expired, ${BURST} requests at once`,
      shows: `One token call for all of them: ${BURST} requests waited for the same new token.`,
      run: after(expire, burst),
      tokenCalls: 1,
      replays: 0,
    },
  ]
}

/** The vendor does not say when its tokens end: the first requests to meet the end are refused. */
function silentTokenSteps(expire: () => void): readonly Step[] {
  return [
    { name: 'first use', run: read, tokenCalls: 1, replays: 0 },
    { name: 'token ended unannounced', run: after(expire, read), tokenCalls: 1, replays: 1 },
    {
      name: `token ended unannounced, ${BURST} requests at once`,
      shows:
        `The vendor does not say how long a token lives, so all ${BURST} requests carried a token that had ended, and the API refused all of them. ` +
        `One token call got a new token and each request was replayed once with it: ${BURST} replays, and the program saw ${BURST} good answers.`,
      run: after(expire, burst),
      tokenCalls: 1,
      replays: BURST,
    },
  ]
}

/** A key is never asked for at a token endpoint. @param replaceKey deletes the key at the vendor and puts another into the vault */
function keySteps(replaceKey: () => void): readonly Step[] {
  return [
    { name: 'first use', run: read, tokenCalls: 0, replays: 0 },
    {
      name: 'key replaced by its owner',
      shows:
        'The old key was refused, the new one was read from where the program keeps it, and the request was replayed.',
      run: after(replaceKey, read),
      tokenCalls: 0,
      replays: 1,
    },
    { name: `${BURST} requests at once`, run: burst, tokenCalls: 0, replays: 0 },
  ]
}

function read(vendor: Vendor): Promise<void> {
  return vendor.read()
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
