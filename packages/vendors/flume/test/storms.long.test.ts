import { testStorms } from '@valetkey-app/test-support/storms'
import { startExpiredWorld, startWorld } from './support/world.ts'

const UNLIMITED = { requestsPerHour: { oauth: Number.POSITIVE_INFINITY, users: Number.POSITIVE_INFINITY } }

testStorms({
  start: () => startWorld(UNLIMITED),
  startExpired: () => startExpiredWorld(UNLIMITED),
  path: '/me',
  grantType: 'refresh_token',
})
