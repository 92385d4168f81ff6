// Writes the SKILL.md of each package from its README: `npx pnpm@12.21.0 run skills:update`.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../boundaries/workspace.ts'
import { skills } from './skill.ts'

for (const { path, text } of skills()) writeFileSync(join(root, path), text)
