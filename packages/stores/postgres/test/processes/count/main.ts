import { postgresStore } from '@valetkey/store-postgres'
import { countForEver } from '@valetkey-app/test-support/counting'
import { pgPool, postgresJs } from '../../support/clients.ts'

const [port, index] = process.argv.slice(2)
const { client } = await (Number(index) % 2 ? pgPool : postgresJs).open(Number(port))
await countForEver(postgresStore(client))
