import { inspect } from 'node:util'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import { withCredential } from '@valetkey/fetch'
import { instrument } from '@valetkey/otel'
import { expect, test } from 'vitest'
import { CANARY, type TokenRefusal } from './support/vendor.ts'
import { createWorld, KNOWN_AFTER_MS } from './support/world.ts'

/** What a careless vendor may repeat in its error. */
const LOUD: TokenRefusal = { status: 400, error: `${CANARY}_refresh`, description: `${CANARY}-secret is wrong` }

test('no token, no secret, no account and no word of the vendor is in any span or metric', async () => {
  const { vendor, clock, telemetry, signedIn, program } = await createWorld()
  const [person, service] = [await signedIn({ account: `${CANARY}@example.com` }), program()]
  instrument([person, service], telemetry.sdk)
  vendor.refuse(LOUD)
  await clock.runUntil(Promise.allSettled([person.getToken()]), 2_000)
  await clock.advance(600_000)
  await Promise.all([person.getToken(), service.getToken()])
  await clock.advance(KNOWN_AFTER_MS)
  vendor.revoke()
  await withCredential(fetch, person)(`${vendor.origin}/boats?key=${CANARY}`)
  await clock.advance(3_600_000)
  vendor.refuse({ status: 400, error: 'invalid_grant', description: CANARY })
  await expect(person.getToken()).rejects.toThrow('sign in again')
  const shown = inspect([telemetry.spans().map(withoutSdk), await telemetry.collect()], {
    depth: 12,
    maxStringLength: 9_999,
  })
  expect(shown).toContain('credential.refresh')
  expect(shown).toContain('valetkey.replays')
  expect(shown).toContain(`'error.type': '400'`)
  expect(shown).toContain(`'error.type': 'invalid_grant'`)
  expect(shown.match(/.*canary.*/gi)).toBeNull()
})

/** Of a span what is exported. */
function withoutSdk({ name, kind, status, attributes, events, links, resource }: ReadableSpan) {
  return { name, kind, status, attributes, events, links, resource }
}
