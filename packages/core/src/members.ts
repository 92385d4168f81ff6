/** What `Object.create(null)` gives is a dictionary, which takes ten times as long to read and to copy as an instance does. */
const Bare = /* @__PURE__ */ (() => {
  class Members {}
  Reflect.deleteProperty(Members.prototype, 'constructor')
  Object.freeze(Object.setPrototypeOf(Members.prototype, null))
  return Members
})()

/**
 * A copy that inherits nothing: an absent member reads as `undefined`, even if `Object.prototype` has one of this name. What the
 * object inherits is not copied, so options may be an instance of a class with fields, but not one with getters.
 */
export function ownMembers<T extends object>(source: T): T {
  return Object.assign(new Bare(), source)
}

/** An object with these methods; nothing is known of what they take and answer. */
export type WithMethods<Name extends string> = { readonly [name in Name]: (...args: unknown[]) => unknown }

/** Whether a program handed over an object, or a function, with these methods. */
export function hasMethods<Name extends string>(value: unknown, names: readonly Name[]): value is WithMethods<Name> {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false
  return names.every((name) => typeof Reflect.get(value, name) === 'function')
}
