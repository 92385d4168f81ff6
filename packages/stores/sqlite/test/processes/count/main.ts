import { sqliteStore } from '@valetkey/store-sqlite'
import { countForEver } from '@valetkey-app/test-support/counting'
import { DRIVERS } from '../../support/drivers.ts'

const [path = '', index, journal] = process.argv.slice(2)
const { database } = await DRIVERS[Number(index) % DRIVERS.length]!.open(path, journal === 'delete' ? 'delete' : 'wal')
await countForEver(sqliteStore(database))
