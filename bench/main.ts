// `npm run bench [section ...] [--full]`: measures, keeps the figures in bench/results, and writes docs/performance.md. See README.md.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Measured, performancePage } from './runner/document.ts'
import { installedVersions, noteConditions, readResult, writeResult } from './runner/results.ts'
import { type AnySection, goalTable } from './runner/section.ts'
import { SECTIONS, sectionNamed } from './runner/sections.ts'

const PAGE = new URL('../docs/performance.md', import.meta.url)

const { values, positionals } = parseArgs({
  options: { full: { type: 'boolean', default: false } },
  allowPositionals: true,
})
const chosen = positionals.length === 0 ? SECTIONS : positionals.map(sectionNamed)
const failed: string[] = []
for (const section of chosen) await measure(section).catch((error: unknown) => fail(section, error))
if (failed.length > 0) console.error(`not measured: ${failed.join(', ')}`)
process.exitCode = failed.length === 0 ? 0 : 1

async function measure(section: AnySection): Promise<void> {
  console.log(`\n${section.title} (${section.name})`)
  const conditions = noteConditions(values.full)
  const file = join(import.meta.dirname, section.name, 'main.ts')
  const args = [...(section.flags ?? []), file, '--json', ...(values.full ? ['--full'] : [])]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const output: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`it ended with ${String(code)}`)
  // Of this section's own program.
  const { rows } = JSON.parse(Buffer.concat(output).toString()) as { rows: readonly never[] }
  const result = { section: section.name, ...conditions(), versions: installedVersions(), rows }
  writeResult(result)
  writeFileSync(PAGE, performancePage(allMeasured()))
  console.log(`${section.table(rows)}\n\n${goalTable(section.goals(rows))}`)
  console.log(`load ${result.loadBefore} before, ${result.loadAfter} after; ${result.seconds} s`)
}

function allMeasured(): readonly Measured[] {
  return SECTIONS.flatMap((section) => {
    const result = readResult(section.name)
    return result === undefined ? [] : [{ section, result }]
  })
}

function fail({ name }: AnySection, error: unknown): void {
  console.error(error instanceof Error ? error.message : error)
  failed.push(name)
}
