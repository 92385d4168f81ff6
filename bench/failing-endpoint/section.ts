import { formatCount } from '../runner/numbers.ts'
import { type Section, table } from '../runner/section.ts'

export interface FailingRow {
  readonly subject: string
  /** `errors`: three 500s, then tokens; `dead`: `invalid_grant` for ever. */
  readonly scenario: 'errors' | 'dead'
  readonly tokenCalls: number
  readonly failed: number
}

export const failingEndpoint: Section<FailingRow> = {
  name: 'failing-endpoint',
  title: 'A token endpoint that fails',
  about: `The token has expired. _Three 500s_: the token endpoint answers 500 three times and works then; 1,000 requests at once; right is 4 token calls / 0 failed. _Ended_: it answers \`invalid_grant\` for ever;
1,000 requests, 20 at a time, all of which must fail; right is one token call, or two where a grant can be acquired again.`,
  table(rows) {
    const subjects = [...new Set(rows.map(({ subject }) => subject))]
    const cells = subjects.map((subject) => {
      const errors = rows.find((it) => it.subject === subject && it.scenario === 'errors')
      const dead = rows.find((it) => it.subject === subject && it.scenario === 'dead')
      return [
        subject,
        errors ? `${formatCount(errors.tokenCalls)} / ${formatCount(errors.failed)}` : '',
        dead ? formatCount(dead.tokenCalls) : '',
      ]
    })
    return table(['', 'three 500s: token calls / failed', 'ended grant: token calls'], cells)
  },
  goals(rows) {
    const own = rows.filter(({ subject }) => subject.includes('valetkey'))
    const wrong = own.filter(({ scenario, tokenCalls, failed }) =>
      scenario === 'errors' ? tokenCalls !== 4 || failed > 0 : tokenCalls > 2,
    )
    const seen = wrong.map((it) => `${it.subject}, ${it.scenario}: ${it.tokenCalls} / ${it.failed}`)
    return [
      {
        what: 'failing endpoint: three 500s · `invalid_grant` for ever',
        goal: '4 calls / 0 failed · at most 2 calls',
        seen: seen.length === 0 ? `so in ${own.length} of ${own.length}` : seen.join('; '),
        isMet: own.length > 0 && seen.length === 0,
      },
    ]
  },
}
