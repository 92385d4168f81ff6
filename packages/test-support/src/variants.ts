/**
 * The variants to test: the first `count` in `npm test`, the rest in the smoke stage of `.ci/run`, which sets
 * `TEST_VARIANTS=rest`.
 */
export function variants<Variant>(all: readonly Variant[], count: number): readonly Variant[] {
  return process.env.TEST_VARIANTS === 'rest' ? all.slice(count) : all.slice(0, count)
}
