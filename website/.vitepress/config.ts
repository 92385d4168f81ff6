import { globSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type DefaultTheme, defineConfig, type MarkdownOptions } from 'vitepress'
import { writeForAgents } from '../agents.ts'
import { home } from '../home.ts'
import { hrefOnSite, slugOf } from '../links.ts'
import { groups, pathOf } from '../pages.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const website = join(root, 'website')
const documents = globSync('**/*.md', { cwd: root, exclude: ['**/node_modules/**', '**/dist/**'] })

/** Pages whose tables need the full width. */
const WIDE = /^(vendors\.md|behaviour\/(clients|chaos|runtimes|sizes)\b)/

/** Documents lie outside the folder that has vue. */
const vueFromHere = {
  name: 'vue-from-here',
  enforce: 'pre' as const,
  resolveId: (id: string, _importer: string | undefined, { ssr }: { readonly ssr?: boolean }) =>
    ssr === true && /^vue(\/server-renderer)?$/.test(id) ? { id, external: true } : undefined,
}

export default defineConfig({
  title: 'valetkey',
  description:
    'Adds access tokens and API keys to the requests of fetch, axios and ky, keeps them valid, and sends them only to their vendor’s hosts.',
  lang: 'en',
  base: process.env.SITE_BASE ?? '/',
  cleanUrls: true,
  srcDir: root,
  srcExclude: documents.filter((document) => pathOf(document) === undefined),
  outDir: join(website, 'dist'),
  cacheDir: join(website, 'node_modules/.vitepress'),
  rewrites: (document) => `${pathOf(document)}.md`,
  transformPageData({ relativePath, frontmatter }) {
    if (relativePath === 'index.md') Object.assign(frontmatter, home)
    if (relativePath.startsWith('reference/')) Object.assign(frontmatter, { editLink: false })
    if (WIDE.test(relativePath)) Object.assign(frontmatter, { aside: false, pageClass: 'wide' })
  },
  buildEnd: ({ outDir, site: { base } }) => writeForAgents(root, documents, outDir, base),
  vite: {
    publicDir: join(website, 'public'),
    plugins: [vueFromHere],
    // The search index is one chunk, which is loaded for the first search.
    build: { chunkSizeWarningLimit: 3000 },
  },
  head: [['link', { rel: 'icon', type: 'image/svg+xml', href: `${process.env.SITE_BASE ?? '/'}logo.svg` }]],
  markdown: {
    anchor: { slugify: slugOf },
    config: (markdown) => rewriteLinks(markdown),
  },
  themeConfig: {
    logo: '/logo.svg',
    nav: [
      { text: 'Quick start', link: '/quick-start' },
      { text: 'Concepts', link: '/concepts' },
      { text: 'Recipes', link: '/recipes' },
      { text: 'API', link: '/reference/', activeMatch: '/reference/' },
    ],
    sidebar: { '/': sidebar(), '/reference/': referenceSidebar() },
    outline: [2, 3],
    search: { provider: 'local', options: { detailedView: true } },
    socialLinks: [{ icon: 'github', link: 'https://github.com/valetkey/valetkey' }],
    editLink: { pattern: 'https://github.com/valetkey/valetkey/edit/main/:path', text: 'Edit this page' },
    footer: { message: 'MIT licence' },
  },
})

function sidebar(): DefaultTheme.SidebarItem[] {
  const items = groups.map(({ title, collapsed = false, pages }) => ({
    text: title,
    collapsed,
    items: pages.map(({ title: text, path }) => ({ text, link: `/${path}` })),
  }))
  return [...items, { text: 'Decisions', collapsed: true, items: itemsOf('docs/decisions') }]
}

function referenceSidebar(): DefaultTheme.SidebarItem[] {
  const items = itemsOf('website/reference').filter(({ link }) => link !== '/reference/index')
  return [{ text: 'API reference', link: '/reference/', items }]
}

/** The documents of a folder, by their first headings. */
function itemsOf(folder: string): DefaultTheme.SidebarItem[] {
  return documents
    .filter((document) => document.startsWith(`${folder}/`))
    .toSorted()
    .map((document) => ({ text: titleOf(document), link: `/${pathOf(document)}` }))
}

function titleOf(document: string): string {
  return /^# (.*)$/m.exec(readFileSync(join(root, document), 'utf8'))?.[1] ?? document
}

/** Links and pictures are written for the repository, where GitHub shows them too. */
function rewriteLinks(markdown: Parameters<NonNullable<MarkdownOptions['config']>>[0]): void {
  markdown.core.ruler.push('repository-links', ({ tokens, env }) => {
    const source = relative(root, env.realPath ?? env.path ?? root)
    for (const token of tokens.flatMap((each) => [each, ...(each.children ?? [])])) {
      const href = token.type === 'link_open' ? token.attrGet('href') : null
      if (href !== null) token.attrSet('href', hrefOnSite(source, String(href)))
      // Vite takes paths for files only if they begin with a dot.
      if (token.type.startsWith('html_')) token.content = token.content.replace(/ (src|srcset)="(?=\w+\/)/g, ' $1="./')
    }
  })
}
