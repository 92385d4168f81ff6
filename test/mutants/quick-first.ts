import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * Most mutants are killed, and a run ends with the first test that fails: the quickest files come first, as the run without
 * a mutant measured them. vitest's own order begins with the longest.
 */
export class QuickFirst extends BaseSequencer {
  readonly #durations = new Map<string, number>()

  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    for (const file of files) {
      const result = this.ctx.cache.getTestSpecificationResult(file)
      if (result && !this.#durations.has(file.moduleId)) this.#durations.set(file.moduleId, result.duration)
    }
    const duration = ({ moduleId }: TestSpecification): number => this.#durations.get(moduleId) ?? 0
    return files.toSorted((one, other) => duration(one) - duration(other))
  }
}
