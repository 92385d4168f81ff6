import { createFileStore, type FileStore } from '../../src/create-file-store.ts'
import { nodePlatform } from '../../src/platform.ts'

/** A store whose clock the test moves. */
export function movable(path: string): { readonly store: FileStore; advance(ms: number): void } {
  const platform = nodePlatform()
  let moved = 0
  const clock = { ...platform.clock, now: () => Date.now() + moved }
  return {
    store: createFileStore(path, { ...platform, clock }),
    advance: (ms: number) => {
      moved += ms
    },
  }
}
