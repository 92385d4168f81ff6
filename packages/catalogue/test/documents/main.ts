// Writes docs/vendors.md and a page for each vendor: `npx pnpm@12.21.0 run vendors:update`.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROWS } from '../rows.ts'
import { entryOf, indexOf, pageOf } from './document.ts'

const docs = join(import.meta.dirname, '../../../../docs')
const entries = ROWS.map(entryOf)
rmSync(join(docs, 'vendors'), { recursive: true, force: true })
mkdirSync(join(docs, 'vendors'))
writeFileSync(join(docs, 'vendors.md'), indexOf(entries))
for (const entry of entries) writeFileSync(join(docs, 'vendors', `${entry.name}.md`), pageOf(entry))
