/**
 * Makes every way of printing an object of `holder` give `describe(it)`. The secrets themselves belong in `#private`
 * members behind prototype getters, the only form that inspection, JSON, cloning and spreading all leave alone.
 *
 * Returns `holder`, so that a class whose call is marked as pure is left out of bundles that do not use it.
 */
export function hideSecrets<H extends { readonly prototype: object }>(
  holder: H,
  describe: (it: H['prototype']) => string,
): H {
  const print = {
    configurable: true,
    value(this: H['prototype']): string {
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
  return holder
}
