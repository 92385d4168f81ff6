import type { Json } from './json.ts'

/** What can be said of an answer whose shape nobody has published: how long its lists are. */
export function summarize(answer: Json): string {
  if (Array.isArray(answer.value)) return `${answer.value.length} entries`
  const names = Object.keys(Object(answer.value)).filter((name) => Array.isArray(answer.member(name).value))
  return names.map((name) => `${answer.member(name).items().length} ${name}`).join(', ') || 'an answer without a list'
}
