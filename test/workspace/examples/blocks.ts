/** A fenced code block of a Markdown document. */
export interface Block {
  /** The document, relative to the root. */
  readonly document: string
  /** The line of its first line of code, from 1. */
  readonly line: number
  /** The first word after the opening fence, e.g. `ts`; a label such as `[axios]` may follow it. */
  readonly language: string
  /** The heading above it. */
  readonly heading: string
  readonly code: string
}

const FENCE = '```'

export function blocksOf(document: string, markdown: string): Block[] {
  const blocks: Block[] = []
  let heading = ''
  let open: { readonly line: number; readonly language: string } | undefined
  const lines = markdown.split('\n')
  for (const [index, text] of lines.entries()) {
    if (open !== undefined && text.trim() === FENCE) {
      blocks.push({ document, heading, ...open, code: lines.slice(open.line - 1, index).join('\n') })
      open = undefined
    } else if (open === undefined && text.startsWith(FENCE)) {
      open = { line: index + 2, language: text.slice(FENCE.length).trim().split(' ')[0] ?? '' }
    } else if (open === undefined && text.startsWith('#')) {
      heading = text.replace(/^#+ /, '')
    }
  }
  return blocks
}
