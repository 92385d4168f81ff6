import type { Lifetimes, Placeholder, VendorData } from '@valetkey/oauth2'
import type { Row } from '../row.ts'

/** A module of the catalogue, as its page shows it. */
export interface Entry {
  /** `github` of `@valetkey/vendors/github`. */
  readonly name: string
  readonly data: VendorData
  /** The names of its factories, the one for people first. */
  readonly grants: readonly string[]
  /** Whether its client has a secret in any case, by the first grant. */
  readonly hasSecret: boolean
  readonly row: Row
}

export function entryOf([name, row]: readonly [string, Row]): Entry {
  const { vendor, ...exported } = row.module as { readonly vendor: { readonly data: VendorData } }
  const grants = Object.entries(exported).flatMap(([grant, make]) => ('options' in Object(make) ? [grant] : []))
  const order = ['authorizationCode', 'deviceCode', 'clientCredentials']
  const placeOf = (grant: string) => (order.includes(grant) ? order.indexOf(grant) : order.length)
  const sorted = grants.toSorted().toSorted((a, b) => placeOf(a) - placeOf(b))
  const { options } = Object(Reflect.get(exported, sorted[0] ?? ''))
  const hasSecret = (vendor.data.secret ?? 'required') === 'required' && 'clientSecret' in options
  return { name, data: vendor.data, grants: sorted, hasSecret, row }
}

/** `docs/vendors.md`. */
export function indexOf(entries: readonly Entry[]): string {
  const rows = entries.map(({ name, data, grants }) => [
    `[${data.title}](vendors/${name}.md)`,
    `\`@valetkey/vendors/${name}\``,
    grants.map((grant) => `\`${grant}\``).join(', '),
    accessLifetime(data.lifetimes),
    refreshLifetime(data.lifetimes),
  ])
  return `# Vendors

\`@valetkey/vendors\` has ${entries.length} vendors, one module each. A program that imports one module loads no other.

\`\`\`sh
npm install @valetkey/vendors @valetkey/fetch @valetkey/core
\`\`\`

Each row follows the vendor's public documentation. The vendor's page links to the pages that were read, and lists the facts that were not found. [One test](../packages/catalogue/test/contract.test.ts) runs every row against a server built from the documented examples: sign-in, a refused token, a refresh, an outage and a dead refresh token.
No live account was used unless the vendor's page names a date. \`node scripts/check-vendor.mjs github\` checks a row with your account.

If your vendor is missing, use [any token endpoint](../packages/oauth2/README.md) or [add a vendor](add-a-vendor.md). An empty cell means that the documentation does not say it.

${table(['vendor', 'import', 'grants', 'access token', 'refresh token'], rows)}
`
}

/** `docs/vendors/<name>.md`. */
export function pageOf(entry: Entry): string {
  const { name, data, grants, row } = entry
  const { traps, notFound, register, checked = {} } = row
  const live = Object.entries(checked).map(([grant, date]) => `\`${grant}\` on ${date}`)
  const sources = Object.entries(data.documentation ?? {}).map(([url, read]) => `- <${url}> (read on ${read})`)
  const parts = [
    `# ${data.title}`,
    `\`@valetkey/vendors/${name}\`${register === undefined ? '' : `; clients are registered at <${register}>`}.`,
    '```sh\n' + `npm install @valetkey/vendors @valetkey/fetch @valetkey/core\n` + '```',
    exampleOf(entry),
    'With axios it is `attachCredential(axios.create(), credential)` of `@valetkey/axios`, with ky `withCredential(ky, credential)` of `@valetkey/ky`.',
    ...(grants.length > 1
      ? [
          `Other grants: ${grants
            .slice(1)
            .map((grant) => `\`${grant}\``)
            .join(', ')}.`,
        ]
      : []),
    table(['', ''], factsOf(data)),
    section(
      'Good to know',
      traps.map((trap) => `- ${trap}`),
    ),
    section(
      'Not found in the public documentation',
      notFound.map((fact) => `- ${fact}`),
    ),
    section('Sources', sources),
    live.length === 0
      ? `Not checked with a live account. To check it with yours: \`node scripts/check-vendor.mjs ${name}\`.`
      : `Checked with a live account: ${live.join(', ')}.`,
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

function exampleOf({ name, data, grants: [grant = ''], hasSecret }: Entry): string {
  const variable = name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase())
  const prefix = name.toUpperCase().replaceAll('-', '_')
  const needed = Object.entries(data.placeholders ?? {}).filter(([, rule]) => rule.default === undefined)
  const people = grant === 'authorizationCode'
  const secret = hasSecret ? [`  clientSecret: requireEnv(process.env, '${prefix}_CLIENT_SECRET'),`] : []
  const lines = [
    "import { requireEnv } from '@valetkey/core'",
    "import { withCredential } from '@valetkey/fetch'",
    `import * as ${variable} from '@valetkey/vendors/${name}'`,
    '',
    `const credential = ${variable}.${grant}({`,
    ...needed.map(([option, rule]) => `  ${option}: '${sampleOf(rule)}',`),
    `  clientId: requireEnv(process.env, '${prefix}_CLIENT_ID'),`,
    ...secret,
    ...(people ? ["  redirectUri: 'https://app.example.com/callback',"] : []),
    '})',
    `export const ${variable}Fetch = withCredential(fetch, credential)`,
  ]
  const then = people
    ? '\n\nPeople sign in with `credential.beginSignIn()` and `credential.completeSignIn()`: [People sign in](../sign-in.md).'
    : ''
  return `\`\`\`ts\n${lines.join('\n')}\n\`\`\`${then}`
}

const SAMPLES: Readonly<Record<Placeholder['is'], string>> = {
  label: 'boats',
  host: 'boats.example.com',
  segment: 'boats',
  path: '/boats',
}

function sampleOf(rule: Placeholder): string {
  return SAMPLES[rule.is]
}

function factsOf(data: VendorData): string[][] {
  const { lifetimes = {}, secret = 'required' } = data
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['sent to', code(data.origins?.join(', '))],
    ['sign-in page', code(data.authorizationUrl)],
    ['token endpoint', code(data.tokenUrl)],
    ['device endpoint', code(data.deviceAuthorizationUrl)],
    ['revocation at sign-out', code(data.revocationUrl)],
    ['client', clientOf(data, secret)],
    [
      'token request',
      data.encoding === 'json' ? 'JSON' : data.parameters === 'query' ? 'parameters in the URL' : 'form',
    ],
    [
      'scopes',
      data.scopeSeparator === ',' ? 'separated by commas' : data.scopes && `by default ${code(data.scopes.join(' '))}`,
    ],
    ['PKCE', data.authorizationUrl && (data.pkce === false ? 'not sent: the vendor does not take it' : 'S256')],
    ['access token', accessLifetime(lifetimes)],
    ['refresh token', refreshLifetime(lifetimes)],
    ...Object.entries(data.placeholders ?? {}).map(([name, rule]) => [`option \`${name}\``, optionOf(rule)] as const),
    ...Object.entries(data.variants ?? {}).map(
      ([name, values]) =>
        [
          `option \`${name}\``,
          Object.keys(values)
            .map((value) => `\`'${value}'\``)
            .join(' or '),
        ] as const,
    ),
  ]
  return facts.flatMap(([name, fact]) => (fact ? [[name, fact]] : []))
}

function optionOf({ about, default: value }: Placeholder): string {
  return value === undefined ? `${about}; required` : `${about}; by default \`${value}\``
}

function clientOf({ clientAuthentication }: VendorData, rule: string): string {
  if (rule === 'none') return 'an id, no secret'
  const where = clientAuthentication === 'client_secret_post' ? 'in the body' : 'by HTTP Basic'
  return rule === 'optional' ? `an id, and a secret where the client has one, ${where}` : `an id and a secret, ${where}`
}

function accessLifetime({ accessToken }: Lifetimes = {}): string {
  return accessToken === 'endless' ? 'does not expire' : accessToken === undefined ? '' : duration(accessToken)
}

function refreshLifetime({ refreshToken, idle, rotates, grace }: Lifetimes = {}): string {
  const parts = [
    refreshToken === 'none'
      ? 'none'
      : refreshToken === 'endless'
        ? 'does not expire'
        : refreshToken && duration(refreshToken),
    idle && `${duration(idle)} without use`,
    rotates === true && 'another one at each refresh',
    rotates === false && 'the same one after a refresh',
    grace && `${duration(grace)} of grace for the old one`,
  ]
  return parts.filter((part) => part).join('; ')
}

function duration(seconds: number): string {
  for (const [unit, name] of [
    [86_400, 'day'],
    [3600, 'hour'],
    [60, 'minute'],
  ] as const)
    if (seconds >= unit && seconds % unit === 0) return count(seconds / unit, name)
  return count(seconds, 'second')
}

function count(number: number, name: string): string {
  return `${number} ${name}${number === 1 ? '' : 's'}`
}

function code(text: string | undefined): string | undefined {
  return text === undefined ? undefined : `\`${text}\``
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `## ${title}\n\n${lines.join('\n')}`
}

/** Aligned, as the formatter writes it. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(3, ...[head, ...rows].map((cells) => cells[column]?.length ?? 0)))
  const line = (cells: readonly string[], fill = ' ') =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0, fill)).join(' | ')} |`
  return [
    line(head),
    line(
      head.map(() => ''),
      '-',
    ),
    ...rows.map((cells) => line(cells)),
  ].join('\n')
}
