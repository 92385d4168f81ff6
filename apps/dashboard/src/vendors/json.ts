import { ApiProblem } from './problem.ts'

/** A JSON value of unknown shape: asking for what is not there gives an empty one. */
export interface Json {
  member(name: string): Json
  items(): readonly Json[]
  /** @throws ApiProblem unless it is a string */
  text(): string
  /** @throws ApiProblem unless it is a number */
  number(): number
  readonly value: unknown
}

/** @param place what to call it in problems */
export function toJson(value: unknown, place: string): Json {
  const wrong = (type: string) => new ApiProblem(`${place} is not a ${type}`)
  return {
    value,
    member: (name) => toJson(isObject(value) ? Reflect.get(value, name) : undefined, `"${name}" in ${place}`),
    items: () => (Array.isArray(value) ? value.map((item: unknown) => toJson(item, place)) : []),
    text() {
      if (typeof value === 'string') return value
      throw wrong('text')
    },
    number() {
      if (typeof value === 'number') return value
      throw wrong('number')
    },
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
