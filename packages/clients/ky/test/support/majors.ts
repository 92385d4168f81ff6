import ky, { type KyInstance, type Options } from 'ky'
import ky1 from 'ky-1'

export interface Major {
  readonly name: string
  readonly ky: KyInstance
  /** What resolves paths against a base URL. */
  prefix(url: string): Options
}

/** Both majors, called alike where their types allow it. */
export const MAJORS: readonly Major[] = [
  { name: 'ky 2', ky, prefix: (url) => ({ prefix: url }) },
  { name: 'ky 1', ky: ky1 as unknown as KyInstance, prefix: (url) => ({ prefixUrl: url }) as Options },
]
