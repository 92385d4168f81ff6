import { type FileHandle, open } from 'node:fs/promises'

/** Opens `path` for this user only, and always closes it. @param flags the same as for `open` */
export async function withFile<Result>(
  path: string,
  flags: string,
  use: (file: FileHandle) => Promise<Result>,
): Promise<Result> {
  const file = await open(path, flags, 0o600)
  try {
    return await use(file)
  } finally {
    await file.close()
  }
}
