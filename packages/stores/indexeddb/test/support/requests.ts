export function resultOf<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

/** A connection past the store, as another program of the same site may have. */
export async function openRaw(
  database: string,
  { version, upgrade }: { version?: number; upgrade?: (db: IDBDatabase) => void } = {},
): Promise<IDBDatabase> {
  const request = indexedDB.open(database, version)
  request.onupgradeneeded = () => upgrade?.(request.result)
  return await resultOf(request)
}
