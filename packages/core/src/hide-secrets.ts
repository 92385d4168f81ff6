/**
 * Makes every way of printing an object of `holder` give `describe(it)`. The secrets themselves belong in `#private`
 * members behind prototype getters, the only form that inspection, JSON, cloning and spreading all leave alone.
 */
export function hideSecrets<T extends object>(holder: { readonly prototype: T }, describe: (it: T) => string): void {
  const print = {
    configurable: true,
    value(this: T): string {
      return describe(this)
    },
  }
  Object.defineProperties(holder.prototype, {
    toJSON: print,
    toString: print,
    [Symbol.toPrimitive]: print,
    [Symbol.for('nodejs.util.inspect.custom')]: print,
    // `inspect(it, { showHidden, getters, customInspect: false })` calls the getters of any class that is not built in.
    constructor: { configurable: true, value: Object },
  })
}
