import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A path for a store, which does not exist yet; removed with what is in it when the test ends. */
export async function temporaryPath(): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), 'valetkey-store-file-'))
  onTestFinished(() => rm(parent, { recursive: true, force: true }))
  return join(parent, 'tokens')
}
