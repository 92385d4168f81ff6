import type { Row } from './scenario.ts'

const [WIDTH, LABELS, BARS, ROW, MARGIN] = [860, 230, 540, 30, 20]
/** Room for the duration behind a bar. */
const INDENT = 16

/** An SVG with a line for each span: its name, and a bar from its start to its end. */
export function pictureOf(rows: readonly Row[]): string {
  const end = Math.max(...rows.map(({ start, duration }) => start + duration))
  const scale = BARS / end
  const height = 2 * MARGIN + rows.length * ROW
  const draw = ({ label, depth, start, duration }: Row, index: number): string => {
    const y = MARGIN + index * ROW
    const isOurs = label.startsWith('credential.')
    const [x, width] = [MARGIN + LABELS + start * scale, Math.max(duration * scale, 2)]
    const weight = isOurs ? ' font-weight="bold"' : ''
    const name = `<text x="${MARGIN + depth * INDENT}" y="${y + 19}" fill="#1f2328"${weight}>${label}</text>`
    const colours = isOurs ? 'fill="#f6c177" stroke="#a86a12"' : 'fill="#dbe6f7" stroke="#5b7db1"'
    const bar = `<rect x="${x.toFixed(1)}" y="${y + 5}" width="${width.toFixed(1)}" height="20" rx="3" ${colours}/>`
    const time = `<text x="${(x + 6).toFixed(1)}" y="${y + 19}" fill="#1f2328" font-size="12">${Math.round(duration)} ms</text>`
    return name + bar + time
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="13">`,
    '<title>Trace of a request that the API refused: it is replayed after a refresh</title>',
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    ...rows.map(draw),
    '</svg>',
    '',
  ].join('\n')
}

/** The names of the spans in a picture, each with its depth. */
export function namesIn(picture: string): string[] {
  const names = picture.matchAll(/<text x="(\d+)" [^>]*>([^<]*)<\/text>/g)
  return [...names].map(([, x, name]) => `${(Number(x) - MARGIN) / INDENT} ${name}`)
}
