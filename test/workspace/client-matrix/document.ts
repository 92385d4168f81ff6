import type { PlatformOutcome } from './outcome.ts'
import { RULES } from './rules.ts'

const INTRODUCTION = `# How the client plugins behave

What fetch, undici, ky and axios do with a request, a refusal and a redirect. Each rule is one or more tests of \`clientContract\` in [@valetkey/testing](../packages/testing/README.md), which any client plugin can run: [write a client](write-a-client.md).
`

const EXPLANATION = `✓: every test of the rule passes. With a number: except those that the client or platform cannot run. n/a: it can run none.
`

const GENERATED = '`pnpm client-matrix` runs the tests and writes this page, `pnpm client-matrix --check` compares it.'

/** The page of the documentation, from what the contract said. */
export function documentOf(outcomes: readonly PlatformOutcome[], versions: string): string {
  const notes = new Set<string>()
  const rows = rowsOf(outcomes, notes)
  return [
    INTRODUCTION,
    table([['rule', ''], ...Object.entries(RULES)]),
    `## Clients\n\n${EXPLANATION}`,
    table([['client', 'on', ...Object.keys(RULES)], ...rows]),
    [...notes].map((note, index) => `${index + 1}. ${note}`).join('\n'),
    `\n${versions} ${GENERATED}\n`,
  ].join('\n')
}

/** Platforms on which a client does the same share a row. */
function rowsOf(outcomes: readonly PlatformOutcome[], notes: Set<string>): string[][] {
  const platforms = new Map<string, { readonly cells: readonly string[]; readonly on: string[] }>()
  for (const outcome of outcomes) {
    const cells = [outcome.client, ...Object.keys(RULES).map((rule) => cellOf(outcome, rule, notes))]
    const row = platforms.get(cells.join()) ?? { cells, on: [] }
    row.on.push(outcome.platform)
    platforms.set(cells.join(), row)
  }
  return [...platforms.values()].map(({ cells: [client = '', ...cells], on }) => [client, joined(on), ...cells])
}

/** `Node 20, 22` for `Node 20` and `Node 22`. */
function joined(platforms: readonly string[]): string {
  return platforms.join(', ').replaceAll(', Node', ',')
}

function cellOf({ cases, excluded }: PlatformOutcome, rule: string, notes: Set<string>): string {
  const of = cases.filter(({ name }) => name.startsWith(`${rule}:`))
  const numbers = excluded
    .filter(({ name }) => name.startsWith(`${rule}:`))
    .map(({ reason }) => [...notes.add(reason)].indexOf(reason) + 1)
  const reasons = [...new Set(numbers)].sort((a, b) => a - b).map((number) => `<sup>${number}</sup>`)
  if (of.some(({ passed }) => !passed)) return '✗'
  const mark = of.length > 0 ? '✓' : reasons.length > 0 ? 'n/a' : '✗'
  return [mark, ...reasons].join(' ')
}

/** Columns as wide as their widest cell. */
function table([head = [], ...rows]: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(3, ...[head, ...rows].map((row) => row[column]?.length ?? 0)))
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  const rule = widths.map((width) => '-'.repeat(width))
  return `${[head, rule, ...rows].map(line).join('\n')}\n`
}
