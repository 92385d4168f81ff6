/** On a fetch that sends with credentials: the fetch inside it. */
export const INNER_FETCH: unique symbol = Symbol.for('valetkey.fetch') as typeof INNER_FETCH

/** Token requests go out below every credential of ours, or they would wait for themselves. */
export function innermostFetch(outer: typeof fetch): typeof fetch {
  let inner = outer
  while (INNER_FETCH in inner && typeof inner[INNER_FETCH] === 'function') inner = inner[INNER_FETCH] as typeof fetch
  // Browsers refuse a fetch that is called as a method of another object.
  return (input, init) => inner(input, init)
}
