#!/usr/bin/env node
/** A person at a browser who consents to everything. Pages of the world are at the port that `EXAMPLE_LOGIN` names. */
const page = new URL(process.argv[2])
const login = process.env.EXAMPLE_LOGIN
await fetch(login === undefined || page.protocol === 'http:' ? page : new URL(page.pathname + page.search, login))
