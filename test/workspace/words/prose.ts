import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../boundaries/workspace.ts'
import { IDIOMS, type Idiom } from './idioms.ts'

export interface Found {
  readonly path: string
  readonly line: number
  /** As it is written there. */
  readonly turn: string
  readonly say: string
}

const exclude = ['**/node_modules/**', '**/dist/**', '**/{CHANGELOG,SKILL}.md', 'docs/api/**', 'website/reference/**']
/** Programs, whose comments and messages people read. */
const SOURCES = '{src,templates}/**/*.{ts,tsx,mts,js,html,hbs}'

const searches = IDIOMS.map((idiom) => ({ ...idiom, pattern: patternOf(idiom) }))

/** The files with prose below a root of `allowed.ts`: one document, or a folder's documents and sources. */
export function filesOf(place: string): string[] {
  if (place.endsWith('.md')) return globSync(place, { cwd: root, exclude }).toSorted()
  return globSync([`${place}/**/*.md`, `${place}/${SOURCES}`, `${place}/*.ts`], { cwd: root, exclude }).toSorted()
}

/** What is in “…” or in a `text` block is quoted: the name of a test, what a program prints. */
export function idiomsIn(path: string, content: string = readFileSync(join(root, path), 'utf8')): Found[] {
  const text = content.replaceAll(/“[^”]*”|^```text$[\s\S]*?^```$/gm, (quoted) => quoted.replaceAll(/[^\n]/g, ' '))
  return searches
    .flatMap(({ pattern, say }) =>
      [...text.matchAll(pattern)].map((match) => ({
        path,
        line: text.slice(0, match.index).split('\n').length,
        turn: match[0].replaceAll(/[\s*/]+/g, ' '),
        say,
      })),
    )
    .toSorted((left, right) => left.line - right.line)
}

/** Words outside of code blocks. */
export function wordsIn(path: string, text: string = readFileSync(join(root, path), 'utf8')): number {
  if (!path.endsWith('.md')) return 0
  const words = text.replaceAll(/^```[\s\S]*?^```$/gm, '').match(/\S*[\p{L}\p{N}]\S*/gu)
  return words?.length ?? 0
}

function patternOf({ turn }: Idiom): RegExp {
  return new RegExp(`(?<![\\w-])(?:${turn.replaceAll(' ', String.raw`(?:\s+(?:\*|//)?\s*)`)})(?![\\w-])`, 'gi')
}
