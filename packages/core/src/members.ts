/**
 * A copy whose prototype is empty: a member that is absent reads as `undefined`, whatever was put on `Object.prototype`. What the
 * object inherits is not copied, so options may be an instance of a class with fields, but not one with getters.
 */
export function ownMembers<T extends object>(source: T): T {
  return Object.assign(new Own(), source)
}

/** Its objects inherit nothing, as those of `Object.create(null)`; those V8 keeps as hash tables, which take six times the memory. */
const Own = /* @__PURE__ */ Object.assign(function Own() {} as unknown as new () => object, {
  prototype: Object.freeze(Object.create(null) as object),
})

/** An object with these methods; nothing is known of what they take and answer. */
export type WithMethods<Name extends string> = { readonly [name in Name]: (...args: unknown[]) => unknown }

/** Whether a program handed over an object, or a function, with these methods. */
export function hasMethods<Name extends string>(value: unknown, names: readonly Name[]): value is WithMethods<Name> {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false
  return names.every((name) => typeof Reflect.get(value, name) === 'function')
}
