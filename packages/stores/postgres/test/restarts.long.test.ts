import { join } from 'node:path'
import { postgresSchema } from '@valetkey/store-postgres'
import { readReadme } from '@valetkey-app/test-support/readme-example'
import { testInterruptions } from '@valetkey-app/test-support/store-program'
import { describeWithPostgres, startPostgres } from './support/postgres-server.ts'

describeWithPostgres('the program of the README', () => {
  testInterruptions({
    readme: readReadme(join(import.meta.dirname, '..')),
    async start() {
      const server = await startPostgres()
      await server.run(postgresSchema())
      return server
    },
    environment: (port) => ({ DATABASE_URL: `postgres://postgres@127.0.0.1:${port}/postgres` }),
    probe: "postgresStore(pool).get('key')",
  })
})
