import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { clientContract } from '../src/index.ts'
import { clientOf, GOOD } from './client-contract/client.ts'
import { OPTIONS } from './client-contract/options.ts'

clientContract({ describe, test }, clientOf(GOOD), OPTIONS)

test('docs/write-a-client.md shows the plugin of the good client', () => {
  const code = readFileSync(join(import.meta.dirname, 'client-contract/fetch-plugin.ts'), 'utf8')
  const page = readFileSync(join(import.meta.dirname, '../../../docs/write-a-client.md'), 'utf8')
  expect(page).toContain(`\`\`\`ts\n${code}\`\`\`\n`)
})
