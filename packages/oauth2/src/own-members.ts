/** A copy without a prototype: a member that is absent reads as `undefined`, whatever was put on `Object.prototype`. */
export function ownMembers<T extends object>(source: T): T {
  return Object.assign(Object.create(null) as object, source)
}

/** The value's own members (an array's are its elements); none when it is no object. */
export function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return ownMembers(typeof value === 'object' && value !== null ? { ...value } : {})
}
