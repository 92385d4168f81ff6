import type { parser as promql } from '@prometheus-io/lezer-promql'

export interface Selector {
  readonly name: string | undefined
  readonly matchers: ReadonlyArray<{ readonly label: string; readonly operator: string; readonly value: string }>
}

export interface Expression {
  readonly selectors: readonly Selector[]
  /** Those that it matches and those that it groups by. */
  readonly labels: ReadonlySet<string>
  /** Texts that the grammar of Prometheus does not know. */
  readonly errors: readonly string[]
}

/** What an expression names, by Prometheus' own grammar. */
export function readExpression(parser: typeof promql, text: string): Expression {
  const selectors: { name: string | undefined; matchers: Selector['matchers'][number][] }[] = []
  const labels = new Set<string>()
  const errors: string[] = []
  parser.parse(text).iterate({
    enter(node) {
      const said = text.slice(node.from, node.to)
      if (node.type.isError) errors.push(`${said} at ${node.from}`)
      switch (node.name) {
        case 'VectorSelector':
          selectors.push({ name: undefined, matchers: [] })
          break
        case 'Identifier': {
          const selector = selectors.at(-1)
          if (selector && node.node.parent?.name === 'VectorSelector') selector.name = said
          break
        }
        case 'UnquotedLabelMatcher': {
          const [, label = '', operator = '', value = ''] = /^(\w+)\s*(=~|!~|!=|=)\s*"(.*)"$/.exec(said) ?? []
          selectors.at(-1)?.matchers.push({ label, operator, value })
          if (label !== '__name__') labels.add(label)
          break
        }
        case 'LabelName':
          if (node.node.parent?.name === 'GroupingLabels') labels.add(said)
          break
        default:
      }
    },
  })
  return { selectors, labels, errors }
}
