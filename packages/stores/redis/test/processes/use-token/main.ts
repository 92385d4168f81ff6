import { redisStore } from '@valetkey/store-redis'
import { useToken } from '@valetkey-app/test-support/use-token'
import { LIBRARIES } from '../../support/clients.ts'

const [port, library, vendorUrl = ''] = process.argv.slice(2)
const [client, subscriber] = await Promise.all([1, 2].map(() => LIBRARIES[Number(library)]!.open(Number(port))))
useToken(redisStore(client!.client, { subscriber: subscriber!.client }), vendorUrl)
