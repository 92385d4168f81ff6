import { posix } from 'node:path'
import { pathOf } from './pages.ts'

const REPOSITORY = 'https://github.com/valetkey/valetkey'
const FILES = /^https:\/\/github\.com\/valetkey\/valetkey\/(?:blob|tree)\/main\//
const ELSEWHERE = /^([a-z][a-z+.-]*:|\/\/)/i

/** What a link of a document names: a file or folder of the repository, and a heading there. */
export interface Target {
  readonly path: string
  /** With its `#`, or empty. */
  readonly hash: string
}

/** The file of the repository that a link in `source` leads to; undefined for one that leads elsewhere. */
export function targetOf(source: string, href: string): Target | undefined {
  const isOurs = FILES.test(href)
  if (!isOurs && (ELSEWHERE.test(href) || href.startsWith('/'))) return undefined
  const [path = '', hash] = href.replace(FILES, '').split('#')
  const folder = isOurs ? '.' : posix.dirname(source)
  const named = path === '' ? source : posix.join(folder, decodeURIComponent(path))
  return { path: named.replace(/\/$/, ''), hash: hash === undefined ? '' : `#${hash}` }
}

/** The same link on the site: to the page that the document became, or to the repository. */
export function hrefOnSite(source: string, href: string): string {
  const target = targetOf(source, href)
  if (target === undefined || href.startsWith('#')) return href
  const page = pathOf(target.path) ?? pathOf(`${target.path}/README.md`)
  if (page !== undefined) return `/${page}${target.hash}`
  const kind = posix.extname(target.path) === '' ? 'tree' : 'blob'
  return `${REPOSITORY}/${kind}/main/${target.path}${target.hash}`
}

/** What GitHub calls a heading in links, so that a link works in both places. */
export function slugOf(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
    .replaceAll(' ', '-')
}
