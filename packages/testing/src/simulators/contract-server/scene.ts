import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  type Arrival,
  type Command,
  type Script,
  type ScriptedAnswer,
  TOKEN_PATH,
  tokenOf,
} from '../../client-contract/protocol.ts'
import { createWatch, type Watch } from './watch.ts'

/** The API and the token endpoint of one test. */
export interface Scene {
  /** Answers a command with what goes back as JSON. */
  run(command: Command): Promise<unknown>
  answerRequest(incoming: IncomingMessage, outgoing: ServerResponse, path: string): Promise<void>
  answerTokenRequest(outgoing: ServerResponse): Promise<void>
}

/** What came to a path. */
interface Visit {
  readonly pathname: string
  readonly outgoing: ServerResponse
}

interface SceneState {
  script: Script
  /** What is left of the answers of the script, by path. */
  readonly answers: Map<string, readonly ScriptedAnswer[]>
  readonly visits: Visit[]
  readonly arrivals: Arrival[]
  readonly held: Set<string>
  readonly watch: Watch
  tokenCalls: number
}

export function createScene(): Scene {
  const watch = createWatch()
  const records = { visits: [], arrivals: [], answers: new Map(), held: new Set<string>() }
  const state: SceneState = { ...records, script: {}, watch, tokenCalls: 0 }
  return {
    run: (command) => run(state, command),
    answerRequest: (incoming, outgoing, path) => answerRequest(state, incoming, outgoing, path),
    answerTokenRequest: (outgoing) => answerTokenRequest(state, outgoing),
  }
}

async function run(state: SceneState, command: Command): Promise<unknown> {
  switch (command.command) {
    case 'play':
      return play(state, command.script)
    case 'release':
      state.held.delete(command.path)
      return state.watch.changed()
    case 'waitForArrivals':
      return state.watch.until(() => visitsTo(state, command.path).length >= command.count)
    case 'waitForEnd':
      return state.watch.until(() => visitsTo(state, command.path)[0]?.outgoing.closed === true)
    case 'log':
      return { arrivals: state.arrivals, tokenCalls: state.tokenCalls }
    case 'close':
      for (const { outgoing } of state.visits) if (!outgoing.writableEnded) outgoing.destroy()
  }
}

function play(state: SceneState, script: Script): void {
  state.script = script
  state.held.clear()
  state.answers.clear()
  for (const path of script.holds ?? []) state.held.add(path)
  for (const [path, answers] of Object.entries(script.answers ?? {})) {
    if (isList(answers)) state.answers.set(path, answers)
  }
}

function isList(answers: ScriptedAnswer | readonly ScriptedAnswer[]): answers is readonly ScriptedAnswer[] {
  return Array.isArray(answers)
}

async function answerRequest(
  state: SceneState,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  path: string,
): Promise<void> {
  const arrival = await describeArrival(incoming, path)
  state.arrivals.push(arrival)
  const { pathname } = new URL(path, arrival.origin)
  await visit(state, pathname, outgoing)
  send(outgoing, takeAnswer(state, pathname) ?? judge(state, arrival))
}

async function answerTokenRequest(state: SceneState, outgoing: ServerResponse): Promise<void> {
  state.tokenCalls += 1
  const accessToken = tokenOf(state.tokenCalls)
  await visit(state, TOKEN_PATH, outgoing)
  const body = JSON.stringify({ accessToken, expiresIn: 3600 })
  send(outgoing, takeAnswer(state, TOKEN_PATH) ?? { body })
}

/** Writes a request down and lets it wait while its path is held. */
async function visit(state: SceneState, pathname: string, outgoing: ServerResponse): Promise<void> {
  state.visits.push({ pathname, outgoing })
  outgoing.once('close', state.watch.changed)
  state.watch.changed()
  await state.watch.until(() => !state.held.has(pathname))
}

function visitsTo({ visits }: SceneState, path: string): Visit[] {
  return visits.filter(({ pathname }) => pathname === path)
}

function takeAnswer({ script, answers }: SceneState, pathname: string): ScriptedAnswer | undefined {
  const [next, ...left] = answers.get(pathname) ?? []
  answers.set(pathname, left)
  const scripted = script.answers?.[pathname]
  return next ?? (scripted === undefined || isList(scripted) ? undefined : scripted)
}

/** A token counts wherever an API may want it. */
function judge({ script, tokenCalls }: SceneState, { headers, path }: Arrival): ScriptedAnswer {
  const accepts = script.accepts ?? Array.from({ length: tokenCalls }, (_, index) => tokenOf(index + 1))
  const presented = [headers.authorization?.replace('Bearer ', ''), headers['x-api-key'], queryOf(path).get('api_key')]
  const isAccepted = presented.some((token) => accepts.includes(token ?? ''))
  return isAccepted ? { body: 'welcome' } : { status: 401, body: 'refused' }
}

function queryOf(path: string): URLSearchParams {
  return new URL(path, 'http://localhost').searchParams
}

function send(outgoing: ServerResponse, { status = 200, headers, body = '', times = 1, ends }: ScriptedAnswer): void {
  if (ends === 'at once') return void outgoing.destroy()
  const bytes = Buffer.alloc(Buffer.byteLength(body) * times, body)
  const length = ends === 'never' ? {} : { 'content-length': String(bytes.length) }
  outgoing.writeHead(status, { 'content-type': 'text/plain', ...length, ...headers })
  if (ends === 'never') outgoing.write(bytes)
  else outgoing.end(bytes)
}

async function describeArrival(incoming: IncomingMessage, path: string): Promise<Arrival> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk as Uint8Array))
  const headers = Object.entries(incoming.headers).map(([name, value]): [string, string] => [name, String(value)])
  return {
    origin: `http://${incoming.headers.host}`,
    method: incoming.method ?? '',
    path,
    headers: Object.fromEntries(headers),
    body: Buffer.concat(chunks).toString('latin1'),
  }
}
