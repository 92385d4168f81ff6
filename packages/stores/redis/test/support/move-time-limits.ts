import type { RedisServer } from './redis-server.ts'

export const SERVER_CLOCK = 'the clock is that of the server'

const MOVE = `
for _, key in ipairs(redis.call('KEYS', ARGV[1])) do
  local leftMs = redis.call('PTTL', key)
  if leftMs >= 0 then redis.call('PEXPIRE', key, leftMs - ARGV[2]) end
end`

/** As if `ms` had passed, for what `server` keeps with this prefix. */
export async function moveTimeLimits(server: RedisServer, prefix: string, ms: number): Promise<void> {
  await server.command('eval', MOVE, '0', `${prefix.replaceAll(/[[\]]/g, '\\$&')}*`, String(ms))
}
