import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { hrefOnSite } from './links.ts'
import { type Group, groups, type Page, pathOf } from './pages.ts'

/** Groups that `llms.txt` calls optional, and that `llms-full.txt` leaves out: tables of test runs and whole programs. */
const OPTIONAL: ReadonlySet<string> = new Set(['Recipes', 'Behaviour', 'Extend'])

const SUMMARY = `# valetkey

> Gives the HTTP client that a program already has (fetch, axios, ky) the right credential for each vendor API, and keeps it valid: one refresh for all concurrent requests and processes, one replay of a refused request, no token sent to another host.

- A store keeps tokens, a vendor package or \`@valetkey/oauth2\` makes a credential, a client package attaches it: \`withCredential(fetch, credential)\`.
- Each package has a \`SKILL.md\` next to its README: \`node_modules/@valetkey/fetch/SKILL.md\`.
- Each page is Markdown at its address with \`.md\`. All pages but the optional ones in one file: [llms-full.txt](/llms-full.txt)`

/** Writes the site for programs that read Markdown: `llms.txt`, `llms-full.txt` (llmstxt.org), and each page as `<path>.md`. */
export function writeForAgents(root: string, documents: readonly string[], outDir: string, base: string): void {
  const write = (path: string, text: string): void => {
    const file = join(outDir, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, `${text.trim()}\n`)
  }
  const read = ({ source }: Pick<Page, 'source'>): string =>
    markdownOf(source, readFileSync(join(root, source), 'utf8'), base)
  const isNeeded = ({ title }: Group): boolean => !OPTIONAL.has(title)

  for (const source of documents) {
    const path = pathOf(source)
    if (path !== undefined && isMarkdownPage(path)) write(`${path}.md`, read({ source }))
  }
  const needed = groups.filter(isNeeded)
  const sections = needed.map(({ title, pages }) => `## ${title}\n\n${pages.map(line).join('\n')}`)
  const optional = groups.filter((group) => !isNeeded(group)).flatMap(({ pages }) => pages.map(line))
  const summary = SUMMARY.replace('(/', `(${base}`)
  write('llms.txt', [summary, ...sections, `## Optional\n\n${optional.join('\n')}`].join('\n\n'))
  write('llms-full.txt', [summary, ...needed.flatMap(({ pages }) => pages.map(read))].join('\n\n---\n\n'))

  function line(page: Page): string {
    return `- [${page.title}](${base}${page.path}.md): ${firstSentenceOf(read(page))}`
  }
}

/** The document with links that work on the site. */
function markdownOf(source: string, text: string, base: string): string {
  return text.replaceAll(/\]\(([^)\s]+)\)/g, (_, href: string) => {
    const [path = '', hash] = hrefOnSite(source, href).split('#')
    const page = path.startsWith('/') ? `${base}${path.slice(1)}${isMarkdownPage(path.slice(1)) ? '.md' : ''}` : path
    return `](${page}${hash === undefined ? '' : `#${hash}`})`
  })
}

/** The front page and the API reference are made for browsers. */
function isMarkdownPage(path: string): boolean {
  return path !== 'index' && !path.startsWith('reference/')
}

/** Of the first paragraph that is not a heading, a picture, a quotation, a table or code. */
function firstSentenceOf(text: string): string {
  const paragraph = text.split('\n\n').find((block) => /^(?!```|\[!\[)[\w`[@]/.test(block)) ?? ''
  return (/^.*?[.:](?=\s|$)/s.exec(paragraph)?.[0] ?? paragraph)
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/\s+/g, ' ')
    .replace(/:$/, '.')
}
