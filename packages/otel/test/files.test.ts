import { readFileSync } from 'node:fs'
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus'
import { parser } from '@prometheus-io/lezer-promql'
import { withCredential } from '@valetkey/fetch'
import { instrument } from '@valetkey/otel'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { type Expression, readExpression, type Selector } from './support/promql.ts'
import { createWorld, KNOWN_AFTER_MS } from './support/world.ts'

interface Dashboard {
  readonly panels: ReadonlyArray<{ readonly title: string; readonly targets: ReadonlyArray<{ readonly expr: string }> }>
  readonly templating: { readonly list: ReadonlyArray<{ readonly name: string; readonly query: unknown }> }
}

interface Rules {
  readonly groups: ReadonlyArray<{ readonly rules: ReadonlyArray<{ readonly alert: string; readonly expr: string }> }>
}

const read = (file: string) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')
const dashboard: Dashboard = JSON.parse(read('src/grafana/dashboard.json'))
const { groups }: Rules = parse(read('src/prometheus/alerts.yaml'))

const expressions = [
  ...dashboard.panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ where: `panel "${title}"`, expr }))),
  ...groups.flatMap(({ rules }) => rules.map(({ alert, expr }) => ({ where: `alert ${alert}`, expr }))),
].map(({ where, expr }) => ({ where, expression: readExpression(parser, withoutVariables(expr)) }))

/** As Grafana fills them in. */
function withoutVariables(expr: string): string {
  return expr.replaceAll('$__rate_interval', '5m').replaceAll('$vendor', '.*')
}

/** A line of the exposition format: name and labels. */
interface Series {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
}

/** What the Prometheus exporter gives after all that the package measures has happened; and with the unit in the names, as OTLP gives it. */
let exposed: { readonly exporter: readonly Series[]; readonly otlp: readonly Series[] }

const ends: (() => Promise<void>)[] = []
afterAll(async () => {
  await Promise.all(ends.map((end) => end()))
})

beforeAll(async () => {
  const { vendor, clock, telemetry, waits, signedIn, program } = await createWorld((end) => ends.push(end))
  const [person, first, second] = [await signedIn({ account: 'kim' }), program(), program()]
  instrument([person, first, second], telemetry.sdk)
  vendor.refuse({ status: 503 })
  await clock.runUntil(person.getToken(), 1_000)
  const api = withCredential(fetch, person)
  await clock.advance(KNOWN_AFTER_MS)
  vendor.revoke()
  await api(`${vendor.origin}/boats`)
  const { arrived, release } = vendor.hold()
  const acquiring = first.getToken()
  await arrived
  const waiting = second.getToken()
  await waits
  release()
  await clock.runUntil(Promise.all([acquiring, waiting]), 1_000)
  await clock.runUntil(api(`${vendor.origin}/closed`), KNOWN_AFTER_MS)
  await clock.advance(3_600_000)
  vendor.refuse({ status: 400, error: 'invalid_grant' })
  await person.getToken().catch(() => {})
  const metrics = await telemetry.collect()
  const units = new Map(
    metrics.scopeMetrics.flatMap((scope) =>
      scope.metrics.map(({ descriptor: { name, unit } }) => [name.replaceAll('.', '_'), unit] as const),
    ),
  )
  const exporter = seriesOf(new PrometheusSerializer().serialize(metrics))
  exposed = { exporter, otlp: exporter.map((series) => ({ ...series, name: withUnit(series.name, units) })) }
})

function seriesOf(text: string): Series[] {
  return [...text.matchAll(/^(\w+)\{(.*)\} \S+$/gm)].map(([, name = '', labels = '']) => ({
    name,
    labels: Object.fromEntries(
      [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, label = '', value = '']) => [label, value]),
    ),
  }))
}

/** OpenTelemetry specification, "Prometheus and OpenMetrics Compatibility": `s` is `_seconds`, units in braces are left out. */
function withUnit(name: string, units: ReadonlyMap<string, string>): string {
  const [metric] = [...units.keys()].filter((each) => name.startsWith(each))
  return metric !== undefined && units.get(metric) === 's' ? name.replace(metric, `${metric}_seconds`) : name
}

function selects({ name, matchers }: Selector, series: Series): boolean {
  if (name !== undefined && name !== series.name) return false
  return matchers.every(({ label, operator, value }) => {
    const given = label === '__name__' ? series.name : (series.labels[label] ?? '')
    const isEqual = operator.endsWith('~') ? new RegExp(`^(?:${value})$`).test(given) : given === value
    return operator.startsWith('!') ? !isEqual : isEqual
  })
}

describe.each(expressions)('$where', ({ expression }: { readonly expression: Expression }) => {
  test('is PromQL', () => {
    expect(expression.errors).toEqual([])
    expect(expression.selectors.length).toBeGreaterThan(0)
  })

  test.each(['exporter', 'otlp'] as const)('names metrics, labels and values that there are (%s)', (names) => {
    for (const selector of expression.selectors) {
      const isThere = exposed[names].some((series) => selects(selector, series))
      expect({ selector, isThere }).toEqual({ selector, isThere: true })
      const labels = new Set(exposed[names].flatMap((series) => Object.keys(series.labels)))
      expect([...expression.labels].filter((label) => !labels.has(label))).toEqual([])
    }
  })
})

test('a metric that there is not would be found', () => {
  const { selectors } = readExpression(parser, 'rate(valetkey_refreshes_total[5m])')
  expect(exposed.otlp.filter((series) => selectors.some((selector) => selects(selector, series)))).toEqual([])
  expect(readExpression(parser, 'rate(valetkey_replays_total[5m]').errors).not.toEqual([])
})

test('the dashboard shows every metric, and its variables are of one that there is', () => {
  const shown = expressions
    .filter(({ where }) => where.startsWith('panel'))
    .flatMap(({ expression }) => expression.selectors)
  const families = new Set(exposed.otlp.map(({ name }) => name.replace(/_(bucket|sum|count)$/, '')))
  const covered = exposed.otlp.filter((series) => shown.some((selector) => selects(selector, series)))
  const coveredFamilies = new Set(covered.map(({ name }) => name.replace(/_(bucket|sum|count)$/, '')))
  expect([...families].filter((name) => name.startsWith('valetkey') && !coveredFamilies.has(name))).toEqual([])
  const [, metric, label] = /label_values\((\w+), (\w+)\)/.exec(JSON.stringify(dashboard.templating)) ?? []
  expect(exposed.otlp.some(({ name, labels }) => name === metric && Object.hasOwn(labels, label ?? ''))).toBe(true)
})

test('the README names every metric', () => {
  const readme = read('README.md')
  const named = [...readme.matchAll(/`(valetkey(?:\.\w+)+)`/g)].map(([, name]) => name?.replaceAll('.', '_'))
  const families = [...new Set(exposed.exporter.map(({ name }) => name.replace(/_(bucket|sum|count|total)$/, '')))]
  expect(families.filter((name) => name.startsWith('valetkey') && !named.includes(name))).toEqual([])
})
