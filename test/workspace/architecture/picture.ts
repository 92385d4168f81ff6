import type { Kind } from './packages.ts'

interface Box {
  readonly kind: Kind
  readonly x: number
  readonly y: number
}

const [BOX_WIDTH, LINE_HEIGHT, PADDING] = [205, 18, 10]
const [COLUMN, ROW_GAP, MARGIN] = [240, 60, 20]

/** An SVG with a box for each kind; every arrow points down, to what is imported. What other arrows lead to has none. */
export function pictureOf(kinds: readonly Kind[]): string {
  const boxes = place(kinds)
  const arrows = boxes.flatMap((from) =>
    directImports(from.kind, kinds).flatMap((name) => {
      const to = boxes.find(({ kind }) => kind.name === name)
      return to === undefined ? [] : arrow(from, to)
    }),
  )
  const width = Math.max(...boxes.map(({ x }) => x)) + BOX_WIDTH + MARGIN
  const height = Math.max(...boxes.map((box) => box.y + heightOf(box.kind))) + MARGIN
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="13">`,
    '<title>What the packages import</title>',
    '<defs><marker id="end" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8z" fill="#7a7f87"/></marker></defs>',
    ...arrows,
    ...boxes.map(draw),
    '</svg>',
    '',
  ].join('\n')
}

function directImports(kind: Kind, kinds: readonly Kind[]): string[] {
  const reached = kinds.filter(({ name }) => kind.imports.includes(name)).flatMap((each) => everything(each, kinds))
  return kind.imports.filter((name) => !reached.includes(name))
}

/** What a kind imports, directly or not. */
function everything(kind: Kind, kinds: readonly Kind[]): string[] {
  const imported = kinds.filter(({ name }) => kind.imports.includes(name))
  return [...kind.imports, ...imported.flatMap((each) => everything(each, kinds))]
}

/** In rows: a kind stands above everything that it imports. */
function place(kinds: readonly Kind[]): Box[] {
  const ranks = new Map(kinds.map((kind) => [kind, rankOf(kind, kinds)]))
  const top = Math.max(...ranks.values())
  const rows = Array.from({ length: top + 1 }, (_, index) => kinds.filter((kind) => ranks.get(kind) === top - index))
  const widest = Math.max(...rows.map((row) => row.length))
  let y = MARGIN
  return rows.flatMap((row) => {
    const left = MARGIN + ((widest - row.length) * COLUMN) / 2
    const bottom = y + Math.max(...row.map(heightOf))
    const boxes = row.map((kind, index) => ({ kind, x: left + index * COLUMN, y: bottom - heightOf(kind) }))
    y = bottom + ROW_GAP
    return boxes
  })
}

/** @throws RangeError when kinds import each other in a circle. */
function rankOf(kind: Kind, kinds: readonly Kind[]): number {
  const imported = kinds.filter(({ name }) => kind.imports.includes(name))
  return imported.length === 0 ? 0 : 1 + Math.max(...imported.map((each) => rankOf(each, kinds)))
}

function linesOf({ name, packages }: Kind): string[] {
  return packages.length === 1 && packages[0]?.name === name ? [] : packages.map((each) => each.name)
}

function heightOf(kind: Kind): number {
  return 2 * PADDING + (1 + linesOf(kind).length) * LINE_HEIGHT
}

function draw({ kind, x, y }: Box): string {
  const text = (line: string, index: number) =>
    `<text x="${x + PADDING}" y="${y + PADDING + (index + 0.75) * LINE_HEIGHT}" fill="#1f2328"${index === 0 ? ' font-weight="bold"' : ''}>${line}</text>`
  const frame = `<rect x="${x}" y="${y}" width="${BOX_WIDTH}" height="${heightOf(kind)}" rx="6" fill="#eef3fb" stroke="#5b7db1"/>`
  return [frame, ...[kind.name, ...linesOf(kind)].map(text)].join('')
}

function arrow(from: Box, to: Box): string {
  const [x1, y1] = [from.x + BOX_WIDTH / 2, from.y + heightOf(from.kind)]
  return `<line x1="${x1}" y1="${y1}" x2="${to.x + BOX_WIDTH / 2}" y2="${to.y}" stroke="#7a7f87" marker-end="url(#end)"/>`
}
