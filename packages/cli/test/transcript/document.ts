import { join } from 'node:path'

/** The manual that shows the transcript. */
export const DOCUMENT: string = join(import.meta.dirname, '../../../../docs/cli.md')

const BLOCK = /(<!-- transcript: npm run cli-transcript -->\n\n```text\n)[\s\S]*?(\n```)/

export function transcriptIn(markdown: string): string | undefined {
  const [whole = '', before = '', after = ''] = BLOCK.exec(markdown) ?? []
  return whole === '' ? undefined : whole.slice(before.length, -after.length)
}

export function withTranscript(markdown: string, transcript: string): string {
  return markdown.replace(BLOCK, (_, before: string, after: string) => before + transcript + after)
}
