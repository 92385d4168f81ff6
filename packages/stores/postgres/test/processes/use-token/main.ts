import { postgresStore } from '@valetkey/store-postgres'
import { useToken } from '@valetkey-app/test-support/use-token'
import { openListener, pgPool, postgresJs } from '../../support/clients.ts'

const [port, index, vendorUrl = ''] = process.argv.slice(2)
const library = Number(index) % 2 ? pgPool : postgresJs
const { client } = await library.open(Number(port))
const { listener } = await openListener(library, Number(port))
useToken(postgresStore(client, { listener }), vendorUrl)
