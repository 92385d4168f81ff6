import { redisStore } from '@valetkey/store-redis'
import { countForEver } from '@valetkey-app/test-support/counting'
import { LIBRARIES } from '../../support/clients.ts'

const [port, index] = process.argv.slice(2)
const { client } = await LIBRARIES[Number(index) % LIBRARIES.length]!.open(Number(port))
await countForEver(redisStore(client))
