/** Lets many wait for what others change. */
export interface Watch {
  /** Looks again whether what is waited for has come. */
  changed(): void
  until(isMet: () => boolean): Promise<void>
}

export function createWatch(): Watch {
  const looks = new Set<() => void>()
  return {
    changed() {
      for (const look of looks) look()
    },
    until: (isMet) =>
      new Promise((resolve) => {
        const look = () => {
          if (!isMet()) return
          looks.delete(look)
          resolve()
        }
        looks.add(look)
        look()
      }),
  }
}
