import { html } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import type { Figures } from './figures.ts'
import { COLUMNS } from './table.ts'

type Html = HtmlEscapedString | Promise<HtmlEscapedString>

const STYLE = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; padding-block: .5rem; }
th, td { text-align: left; vertical-align: top; padding: .5rem .75rem; border-bottom: 1px solid color-mix(in srgb, currentColor 25%, transparent); }
.count { text-align: right; font-variant-numeric: tabular-nums; }
ul { margin: 0; padding: 0; list-style: none; }
`

export interface PageOptions {
  /** How often the page loads itself again, s; undefined: never. */
  readonly refreshSeconds: number | undefined
  /** What the figures are of, Unix ms. */
  readonly at: number
}

/** The figures as a page that needs no script. Everything that came from a vendor is escaped. */
export function renderPage(figures: readonly Figures[], { refreshSeconds, at }: PageOptions): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${refreshSeconds === undefined ? '' : html`<meta http-equiv="refresh" content="${refreshSeconds}">`}
<title>valetkey dashboard</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>valetkey dashboard</h1>
<p>${time(at)} · ${refreshSwitch(refreshSeconds)} · <a href="/figures.json">The same as JSON</a></p>
<div class="wide" role="region" aria-label="Figures" tabindex="0">
<table>
<caption>Requests since the start, and what they cost</caption>
<thead>
<tr><th scope="col">Vendor</th><th scope="col">Source</th><th scope="col">Client</th>
${COLUMNS.map(({ title }) => html`<th scope="col" class="count">${title}</th>`)}
<th scope="col">Read</th></tr>
</thead>
<tbody>
${figures.map(row)}
</tbody>
</table>
</div>
</main>
</body>
</html>`
}

function row({ vendor, source, client, reading, problem, ...counts }: Figures): Html {
  return html`<tr><th scope="row">${vendor}</th><td>${source}</td><td>${client}</td>
${COLUMNS.map(({ of }) => html`<td class="count">${counts[of]}</td>`)}
<td>${lines(reading)}${problem === undefined ? '' : html`<p><strong>Failed:</strong> ${problem}</p>`}</td></tr>
`
}

function lines(reading: readonly string[]): Html | string {
  return reading.length === 0 ? '' : html`<ul>${reading.map((line) => html`<li>${line}</li>`)}</ul>`
}

function time(at: number): Html {
  const iso = new Date(at).toISOString()
  return html`<time datetime="${iso}">${iso.slice(11, 19)} UTC</time>`
}

/** A page that changes by itself must let its reader stop it (WCAG 2.2.2). */
function refreshSwitch(refreshSeconds: number | undefined): Html {
  return refreshSeconds === undefined
    ? html`<a href="/">Refresh by itself</a>`
    : html`Refreshes every ${refreshSeconds} s · <a href="/?refresh=off">Stop refreshing</a>`
}
