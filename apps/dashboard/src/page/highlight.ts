export interface Part {
  readonly kind: 'comment' | 'string' | 'keyword' | 'plain'
  readonly text: string
}

const PARTS =
  /(?<comment>\/\*[\s\S]*?\*\/|\/\/.*)|(?<string>'[^'\n]*')|(?<keyword>\b(?:import|from|export|function|const|return|type|await)\b)|(?<plain>[\s\S])/g

/** Enough for ten lines of TypeScript. */
export function highlight(code: string): Part[] {
  const parts: Part[] = []
  for (const { groups = {}, 0: text } of code.matchAll(PARTS)) {
    const kind = kindOf(groups)
    const last = parts.at(-1)
    if (last?.kind === kind) parts[parts.length - 1] = { kind, text: last.text + text }
    else parts.push({ kind, text })
  }
  return parts
}

function kindOf({ comment, string, keyword }: Readonly<Record<string, string | undefined>>): Part['kind'] {
  if (comment !== undefined) return 'comment'
  if (string !== undefined) return 'string'
  return keyword === undefined ? 'plain' : 'keyword'
}
