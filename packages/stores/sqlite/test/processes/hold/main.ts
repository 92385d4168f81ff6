import { DatabaseSync } from 'node:sqlite'

/** Another program with the same file: runs the SQL that its parent sends, and answers when it has. */
const database = new DatabaseSync(process.argv[2] ?? '')
process.on('message', (sql: string) => {
  try {
    database.exec(sql)
    process.send?.('done')
  } catch (error) {
    process.send?.(String(error))
  }
})
process.send?.('ready')
