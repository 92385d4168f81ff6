import type { Json } from './json.ts'
import type { Point, Reading } from './reading.ts'

/** What can be said of an answer whose shape is not published: how long its lists are, and what is in one of them. */
export function summarize(answer: Json): Reading {
  const lists = listsOf(answer)
  const line = lists.map(([name, list]) => `${list.length} ${name}`).join(', ') || 'an answer without a list'
  const [name = 'answer', list = []] = lists[0] ?? []
  const points = list.map(pointOf).filter((point) => point !== undefined)
  const title = points.length > 0 ? `${capitalized(name)}, quantity` : capitalized(name)
  return {
    lines: [line],
    headline: lists.length > 0 ? { value: String(list.length), label: name } : { value: '1', label: 'answer' },
    chart: { title, kind: 'rows', points },
  }
}

function listsOf(answer: Json): [name: string, items: readonly Json[]][] {
  if (Array.isArray(answer.value)) return [['entries', answer.items()]]
  const names = Object.keys(Object(answer.value)).filter((name) => Array.isArray(answer.member(name).value))
  return names.map((name) => [name, answer.member(name).items()])
}

function pointOf(row: Json): Point | undefined {
  const { value: label } = row.member('name')
  const { value } = row.member('quantity')
  return typeof label === 'string' && typeof value === 'number' ? { label, value } : undefined
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
