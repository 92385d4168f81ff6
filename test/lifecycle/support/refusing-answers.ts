import type { TokenAnswer } from './storm.ts'

/** Every way to say, or not to say, when to come back. */
const RETRY_AFTER: Readonly<Record<string, (now: number) => string | undefined>> = {
  none: () => undefined,
  '0': () => '0',
  negative: () => '-5',
  'past date': (now) => new Date(now - 2_000).toUTCString(),
  'future date': (now) => new Date(now + 30_000).toUTCString(),
  '86400': () => '86400',
  '1e300': () => '1e300',
  NaN: () => 'NaN',
  huge: () => '99999999999999999999',
}

const STATUSES: Readonly<Record<string, readonly [status: number, body: string]>> = {
  '401 to all': [401, '{"error":"invalid_client"}'],
  '400 invalid_grant': [400, '{"error":"invalid_grant"}'],
  '400 without a code': [400, 'Bad Request'],
  '403': [403, '<html>Forbidden'],
  '429': [429, '{}'],
  '500': [500, ''],
  '503': [503, '<html>Maintenance'],
  '200 garbage': [200, '<html>Sign in to the hotel network'],
  '200 without a token': [200, '{"expires_in":3600}'],
}

/** Every status with every `Retry-After`. */
export const REFUSALS: ReadonlyArray<{ readonly name: string; readonly answer: TokenAnswer }> = Object.entries(
  STATUSES,
).flatMap(([what, [status, body]]) =>
  Object.entries(RETRY_AFTER).map(([when, retryAfter]) => ({
    name: `${what}, Retry-After ${when}`,
    answer: (response, now) => {
      const value = retryAfter(now)
      if (value !== undefined) response.setHeader('retry-after', value)
      response.writeHead(status).end(body)
    },
  })),
)

export const connectionReset: TokenAnswer = (response) => response.socket?.resetAndDestroy()

export const noAnswer: TokenAnswer = () => {}
