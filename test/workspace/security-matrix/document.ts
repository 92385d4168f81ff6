import type { Scores, Totals } from '../../mutants/totals.ts'
import type { Line } from './lines.ts'

/** What became of the mutants of `refresh`, `store.ts`, `time.ts` and `errors.ts` of core that no test notices. */
const LOOKED_AT: readonly (readonly [string, string])[] = [
  ['a check, for the types, of what cannot be: a flight that stores an answer and has no lease', '15'],
  ['`?.` on a member that is always there', '13'],
  ['what a mark, an option’s name or a listener’s `once` says, where its being there is enough', '8'],
  ['memory of the process, which is freed a little later', '4'],
  ['a value that is set again before it is read', '2'],
  ['the text of an error that no call can cause', '2'],
  ['the length of a wait that is told of, by one store call', '1'],
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

The threats are those of [SECURITY.md](../SECURITY.md). Each line names a protection, the tests that show it, and a mutation: a change of the source that takes the protection away. These tests
fail then: \`npx pnpm@12.21.0 run security-matrix:verify\` makes one change after the other, runs the tests and puts the source back.

${tableOf(['threat', 'rule', 'tests', 'mutation'], protections)}
## Mutation score

\`npm run mutants\` changes the sources piece by piece with [StrykerJS](https://stryker-mutator.io) and counts the changes that a test notices, also by never ending (killed), and those that none does (survived).
\`npm run mutants -- core\` does so for one package, \`npm run mutants -- packages/oauth2/src/sign-in/complete.ts\` for one file. [Decision 0024](decisions/0024-mutation-tests.md) says which changes are not made. A file without a
line has not been run.

${tableOf(['package', 'killed', 'survived', 'score'], byPackage(scores))}
${tableOf(['file', 'killed', 'survived', 'score'], files)}
Most survivors change nothing that a caller could see. In oauth2 these are an anchor of a pattern over what the URL parser has printed, a text in place of an empty one that no pattern matches either, a scanner that looks once past
the end of its text, an empty \`catch\` that gives \`undefined\` as before, a check that another one repeats. The rest there are texts of errors, and tombstones that are written again over a tombstone.

The 45 survivors of core’s refresh protocol, store, clocks and errors were looked at one by one:

${tableOf(['what was changed', 'survivors'], LOOKED_AT)}
Those of its other files were not counted by kind. Most of \`tokens/lifecycle.ts\` and \`tokens/create.ts\` are about flights that fall silent, refusals of requests that were sent twice, and the moment at which background work begins again: long tests
and those of the clients are about these, and do not run here.

The tables are written by \`npx pnpm@12.21.0 run security-matrix:update\`.
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

/** What Markdown would take for a cell, HTML or a heading of its own. */
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
