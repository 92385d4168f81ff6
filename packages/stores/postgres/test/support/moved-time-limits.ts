export const SERVER_CLOCK = 'the clock is that of the server'

/** The statement after which it is as if `ms` had passed for the records of a table. */
export function movedTimeLimits(table: string, ms: number): string {
  return `update ${table} set expires_at = expires_at - ${ms} * interval '1 millisecond'`
}
