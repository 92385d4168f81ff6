import why from '../why.json' with { type: 'json' }
import type { SectionResult } from './results.ts'
import { type AnySection, type Goal, goalTable } from './section.ts'

/** A section with what was measured of it last. */
export interface Measured {
  readonly section: AnySection
  readonly result: SectionResult
}

/** docs/performance.md */
export function performancePage(measured: readonly Measured[]): string {
  const goals = measured.flatMap(({ section, result }) => section.goals(rowsOf(result)))
  return `# Performance

What valetkey costs and what it saves, next to the libraries that do a part of its work, each as published and set up as its documents say. \`npm run bench\` measures all of this and writes this page;
\`npm run bench stampede\` does one section, and \`--full\` takes longer. [How each is measured, and what guards it](../bench/README.md).

- **plain** is the same client with the header set by hand, which never renews; **careful code** is about a hundred lines that a careful program writes for one vendor, one account and one process: the limit that we know.
- Absolute times mean little on another machine. Subjects run in turn, each in a fresh process, and are compared within one run.
- Loads are those of the machine in the minute before and after, of which the measurement is a part.

${measured.map(partOf).join('\n\n')}

## Goals

${goalTable(goals)}${reasonsOf(goals)}

## Versions

${versionsOf(measured)}
`
}

/** Of goals that are not met. */
function reasonsOf(goals: readonly Goal[]): string {
  const reasons: Readonly<Record<string, string>> = why
  const missed = goals.filter(({ isMet }) => !isMet)
  const lines = missed.flatMap(({ what }) => (reasons[what] === undefined ? [] : [`- ${what}: ${reasons[what]}`]))
  return lines.length === 0 ? '' : `\n\nWhy not:\n\n${lines.join('\n')}`
}

function partOf({ section, result }: Measured): string {
  const { date, node, processors, processor, loadBefore, loadAfter, seconds, isFull } = result
  const how = `${isFull ? 'full' : 'short'}, ${seconds} s`
  return `## ${section.title}

${section.about}

${section.table(rowsOf(result))}

${date}, Node ${node}, ${processors} × ${processor}, load ${loadBefore} before and ${loadAfter} after; ${how}.`
}

/** They come from JSON that the section's own program printed. */
function rowsOf({ rows }: SectionResult): readonly never[] {
  return rows as readonly never[]
}

/** Of the last measurement; where a section has others, they are named with it. */
function versionsOf(measured: readonly Measured[]): string {
  const [last] = measured.toSorted((a, b) => b.result.date.localeCompare(a.result.date))
  if (!last) return ''
  const { versions } = last.result
  const others = measured.flatMap(({ section, result }) => {
    const changed = Object.entries(result.versions).filter(([name, version]) => versions[name] !== version)
    return changed.length === 0 ? [] : [`- ${section.title}: ${listOf(changed)}`]
  })
  return [listOf(Object.entries(versions)), ...others].join('\n\n')
}

function listOf(versions: readonly (readonly [string, string])[]): string {
  return `${versions.map(([name, version]) => `${name} ${version}`).join(' · ')}`
}
