import type { TokenCredential } from '@valetkey/core'
import type { Timed } from './retry-time.ts'

/** The same world once it has a token which has just expired, and that token. */
export async function withExpiredToken<World extends Timed & { readonly credential: TokenCredential }>(
  world: World,
  lifetimeMs: number,
): Promise<World & { readonly accessToken: string }> {
  const { accessToken } = await world.credential.getToken()
  await world.clock.advance(lifetimeMs)
  return { ...world, accessToken }
}
