import type { Family } from './token-families.ts'

/** One request to the token endpoint. Times in Unix ms. */
export interface Presentation {
  /** Which life of which process sent it, as `Crew` names them. */
  readonly worker: string
  /** The number of the refresh token. */
  readonly serial: number
  readonly family: Family
  readonly at: number
  verdict: 'pending' | 'rotated' | 'repeated' | 'reused' | 'refused' | 'not judged'
  /** The number of the refresh token that it gave. */
  child?: number
  /** `withheld`: a fault of the vendor; `unheard`: the connection was gone. */
  answer: 'pending' | 'sent' | 'withheld' | 'unheard'
  answeredAt?: number
}
