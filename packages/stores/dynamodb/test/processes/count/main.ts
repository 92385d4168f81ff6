import { dynamodbStore } from '@valetkey/store-dynamodb'
import { countForEver } from '@valetkey-app/test-support/counting'
import { openClient } from '../../support/dynamodb-server.ts'

const [port, table = ''] = process.argv.slice(2)
await countForEver(dynamodbStore(openClient(Number(port)), { table }))
