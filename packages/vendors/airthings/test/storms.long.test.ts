import { testStorms } from '@valetkey-app/test-support/storms'
import { startExpiredWorld, startWorld } from './support/world.ts'

const UNLIMITED = { requestsPerHour: Number.POSITIVE_INFINITY }

testStorms({
  start: () => startWorld(UNLIMITED),
  startExpired: () => startExpiredWorld(UNLIMITED),
  path: '/v1/accounts',
  grantType: 'client_credentials',
})
