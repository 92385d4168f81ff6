import { createRequire } from 'node:module'
import { variants } from '@valetkey-app/test-support/variants'
import axios, { type AxiosInstance, type CreateAxiosDefaults } from 'axios'
import axios7 from 'axios-1.7'
import axios12 from 'axios-1.12'
import axios18 from 'axios-1.18'

export interface Variant {
  readonly name: string
  create(defaults?: CreateAxiosDefaults): AxiosInstance
}

/** What `require` gives: another copy of the same release, whose types are others too. */
const common = createRequire(import.meta.url)('axios') as typeof axios

/** The types of the releases exclude one another; they are called alike. */
const ALL: readonly [string, unknown][] = [
  ['axios', axios],
  ['axios (CommonJS)', common],
  ['axios 1.18', axios18],
  ['axios 1.12', axios12],
  ['axios 1.7', axios7],
]

export const RELEASES: readonly [string, unknown][] = variants(ALL, 2)

/** Each release with each adapter that a server has. */
export const VARIANTS: readonly Variant[] = RELEASES.flatMap(([name, release]) =>
  (['http', 'fetch'] as const).map((adapter) => ({
    name: `${name} over ${adapter}`,
    create: (defaults?: CreateAxiosDefaults) => (release as typeof axios).create({ adapter, ...defaults }),
  })),
)
