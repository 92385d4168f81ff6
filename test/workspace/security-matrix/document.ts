import type { Scores, Totals } from '../../mutants/totals.ts'
import type { Line } from './lines.ts'

/** What the surviving mutants of `refresh`, `store.ts`, `time.ts` and `errors.ts` of core change. */
const LOOKED_AT: readonly (readonly [string, string])[] = [
  ['a check that only the types need: a flight that stores an answer always has a lease', '15'],
  ['`?.` on a member that always exists', '13'],
  ['the value of a mark, an option’s name or a listener’s `once`, of which only the presence is checked', '8'],
  ['when the process frees memory: slightly later', '4'],
  ['a value that is set again before it is read', '2'],
  ['the message of an error that no call can cause', '2'],
  ['the length of a reported wait, by the duration of one store call', '1'],
]

/** `docs/security-matrix.md`. */
export function matrixOf(lines: readonly Line[], scores: Scores): string {
  const protections = lines.map(({ threat, rule, tests, mutation }) => [
    threat,
    rule,
    Object.entries(tests)
      .map(([file, names]) => `${linkTo(file)}: ${names.map((name) => `“${text(name)}”`).join(', ')}`)
      .join('; '),
    `${linkTo(mutation.file)}: ${code(mutation.from)} → ${mutation.to === '' ? 'nothing' : code(mutation.to)}`,
  ])
  const files = Object.entries(scores).map(([file, { killed, survived }]) => [
    linkTo(file),
    String(killed),
    String(survived),
    percent(killed, survived),
  ])
  return `# Protections and their tests

Each line names a threat of [SECURITY.md](../SECURITY.md), a protection, the tests that show it, and a mutation: a change of the source that removes the protection, so that these tests fail. \`npx pnpm@12.21.0 run security-matrix:verify\` makes each change, runs the tests and restores the source.

${tableOf(['threat', 'rule', 'tests', 'mutation'], protections)}
## Mutation score

\`npm run mutants\` makes small changes to the sources with [StrykerJS](https://stryker-mutator.io) and counts those that a test notices, also by a timeout (killed), and those that no test notices (survived). \`npm run mutants -- core\` runs one package, \`npm run mutants -- packages/oauth2/src/sign-in/complete.ts\` one file. [Decision 0024](decisions/0024-mutation-tests.md) lists the changes that are not made. A file without a row has not been run.

${tableOf(['package', 'killed', 'survived', 'score'], byPackage(scores))}
${tableOf(['file', 'killed', 'survived', 'score'], files)}
Most survivors change nothing that a caller can see. In oauth2 these are an anchor of a pattern over the output of the URL parser, a scanner that reads once past the end of its input, an empty \`catch\` that still gives \`undefined\`, a check that another one repeats; the rest are messages of errors, and tombstones written over a tombstone.

The 45 survivors of core’s refresh protocol, store, clocks and errors were examined one by one:

${tableOf(['what was changed', 'survivors'], LOOKED_AT)}
\`npx pnpm@12.21.0 run security-matrix:update\` writes these tables.
`
}

function byPackage(scores: Scores): string[][] {
  const packageOf = (file: string) => file.replace(/^packages\/(.*)\/src\/.*/, '$1')
  const names = [...new Set(Object.keys(scores).map(packageOf))]
  return names.map((name) => {
    const files = Object.entries(scores).filter(([file]) => packageOf(file) === name)
    const sum = (what: keyof Totals) => files.reduce((before, [, totals]) => before + totals[what], 0)
    const [killed, survived] = [sum('killed'), sum('survived')]
    const count = `${name}, ${files.length} ${files.length === 1 ? 'file' : 'files'}`
    return [count, String(killed), String(survived), percent(killed, survived)]
  })
}

function percent(killed: number, survived: number): string {
  return killed + survived === 0 ? '–' : `${((100 * killed) / (killed + survived)).toFixed(1)} %`
}

function linkTo(file: string): string {
  return `[${file.replace(/^packages\//, '').replace(/^\.github\/workflows\//, '')}](../${file})`
}

/** Escapes what Markdown would read as a cell, HTML or a heading. */
function text(words: string): string {
  return words.replaceAll('|', '\\|').replaceAll('<', '&lt;').replace(/[*_`]/g, '\\$&')
}

function code(source: string): string {
  const line = source.replace(/\s*\n\s*/g, ' ').replaceAll('|', '\\|')
  return line.includes('`') ? `\`\` ${line} \`\`` : `\`${line}\``
}

/** With columns as wide as the formatter of the documents makes them. */
function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(3, ...[head, ...rows].map((row) => row[column]?.length ?? 0)))
  const line = (cells: readonly string[], fill = ' ') =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0, fill)).join(' | ')} |\n`
  return [
    line(head),
    line(
      head.map(() => ''),
      '-',
    ),
    ...rows.map((row) => line(row)),
  ].join('')
}
