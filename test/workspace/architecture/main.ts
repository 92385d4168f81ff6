// Writes the picture and the table of docs/architecture.md: `npx pnpm@12.21.0 run architecture:update`.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../boundaries/workspace.ts'
import { withPackages } from './document.ts'
import { kindsOf, publicPackages } from './packages.ts'
import { pictureOf } from './picture.ts'

const packages = publicPackages()
const document = join(root, 'docs/architecture.md')
writeFileSync(document, withPackages(readFileSync(document, 'utf8'), packages))
writeFileSync(join(root, 'docs/images/architecture.svg'), pictureOf(kindsOf(packages)))
