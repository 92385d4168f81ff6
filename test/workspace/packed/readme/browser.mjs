#!/usr/bin/env node
// Stands in for a browser in which a person allows what a simulator's page asks.
const page = process.argv[2]
const asked = await fetch(page)
const text = await asked.text()
const consent = /name="consent" value="([^"]*)"/.exec(text)?.[1] ?? ''
const action = /<form method="post" action="([^"]*)"/.exec(text)?.[1] ?? ''
const [cookie = ''] = asked.headers.getSetCookie().map((given) => given.split(';')[0])
const body = new URLSearchParams({ consent, answer: 'allow' })
await fetch(new URL(action, page), { method: 'POST', headers: { cookie }, body })
