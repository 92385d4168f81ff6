import type { PublicPackage } from './packages.ts'

const PACKAGES = /(?<=<!-- packages -->\n)[\s\S]*(?=<!-- \/packages -->)/

/** The document with the table of today's packages. @throws Error when it has no place for it */
export function withPackages(document: string, packages: readonly PublicPackage[]): string {
  if (!PACKAGES.test(document)) throw new Error('docs/architecture.md has no <!-- packages --> … <!-- /packages -->')
  return document.replace(PACKAGES, () => `\n${tableOf(packages)}\n`)
}

/** With columns as wide as the formatter of the documents makes them. */
function tableOf(packages: readonly PublicPackage[]): string {
  const head = ['package', 'description', 'folders in `src`', 'imports']
  const rows = packages.map(({ name, folder, description, imports, rooms }) => [
    `[\`${name}\`](../${folder})`,
    description,
    list(rooms.map((room) => `${room}/`)),
    list(imports),
  ])
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)))
  const line = (cells: readonly string[], fill = ' ') =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0, fill)).join(' | ')} |\n`
  return [line(head), line(['', '', '', ''], '-'), ...rows.map((row) => line(row))].join('')
}

function list(names: readonly string[]): string {
  return names.length === 0 ? '–' : names.map((name) => `\`${name}\``).join(', ')
}
