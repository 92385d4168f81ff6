import { join } from 'node:path'
import { readReadme } from '@valetkey-app/test-support/readme-example'
import { testInterruptions } from '@valetkey-app/test-support/store-program'
import { describeWithRedis, startRedis } from './support/redis-server.ts'

describeWithRedis('the program of the README', () => {
  testInterruptions({
    readme: readReadme(join(import.meta.dirname, '..')),
    start: () => startRedis(),
    environment: (port) => ({ REDIS_URL: `redis://127.0.0.1:${port}` }),
    probe: "redisStore(redis).get('key')",
  })
})
