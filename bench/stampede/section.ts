import { formatCount } from '../runner/numbers.ts'
import { type Section, table } from '../runner/section.ts'

export const SCENARIOS = ['expired', 'revoked', 'late'] as const
export type Scenario = (typeof SCENARIOS)[number]

export interface StampedeRow {
  readonly subject: string
  readonly scenario: Scenario
  readonly requests: number
  readonly tokenCalls: number
  /** Requests that did not get a 200. */
  readonly failed: number
  /** Whether a request that comes later fails too. */
  readonly isDead: boolean
}

export const stampede: Section<StampedeRow> = {
  name: 'stampede',
  title: 'A thousand requests at once',
  about: `1,000 requests at once in one process, with strictly rotating refresh tokens: one that is presented twice ends the grant.
Cells are token calls / failed requests; right is 1 / 0. _Expired_: the token has ended and the program knows. _Revoked_: the API refuses it before its time. _Late_: every second refusal comes 300 ms later,
when the others have a new token already. _dead_ in a cell: the refresh token was used twice, and a user has to sign in again.`,
  table(rows) {
    const subjects = [...new Set(rows.map(({ subject }) => subject))]
    const cell = (subject: string, scenario: Scenario): string => {
      const row = rows.find((it) => it.subject === subject && it.scenario === scenario)
      if (!row) return 'does not renew'
      return `${formatCount(row.tokenCalls)} / ${formatCount(row.failed)}${row.isDead ? ', dead' : ''}`
    }
    return table(
      ['', 'expired', 'revoked', 'late 401s'],
      subjects.map((subject) => [subject, ...SCENARIOS.map((scenario) => cell(subject, scenario))]),
    )
  },
  goals(rows) {
    const own = rows.filter(({ subject }) => subject.includes('valetkey'))
    const wrong = own.filter(({ tokenCalls, failed }) => tokenCalls !== 1 || failed > 0)
    return [
      {
        what: 'stampede: token calls / failed of 1,000, all clients, grants and cases',
        goal: '1 / 0',
        seen:
          wrong.length === 0
            ? `1 / 0 in ${own.length} of ${own.length}`
            : wrong.map((it) => `${it.subject}, ${it.scenario}: ${it.tokenCalls} / ${it.failed}`).join('; '),
        isMet: own.length > 0 && wrong.length === 0,
      },
    ]
  },
}
