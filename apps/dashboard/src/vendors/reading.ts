/** What was read from a vendor, for the table and for a card of the page. Nothing in it is secret. */
export interface Reading {
  /** One line per device. */
  readonly lines: readonly string[]
  readonly headline: { readonly value: string; readonly label: string }
  readonly chart: Chart
}

export interface Chart {
  /** What the values are, with their unit. */
  readonly title: string
  /** Columns over the hours of a day, or a row for each thing. */
  readonly kind: 'hours' | 'rows'
  readonly points: readonly Point[]
}

export interface Point {
  readonly label: string
  readonly value: number
  /** What else is known of it. */
  readonly note?: string | undefined
}
