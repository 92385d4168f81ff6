import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { root } from '../boundaries/workspace.ts'
import { run } from '../packed/run.ts'

const tools = createRequire(join(root, 'test/workspace/runtimes/package.json'))

export interface Registry {
  readonly url: string
  stop(): Promise<void>
}

/** A registry on loopback that holds our packages itself and asks the registry npm is configured with for everything else. */
export async function startRegistry(folder: string): Promise<Registry> {
  const upstream = (await run('npm', ['config', 'get', 'registry'], { cwd: root })).trim()
  const config = join(folder, 'verdaccio.yaml')
  await mkdir(folder, { recursive: true })
  await writeFile(config, JSON.stringify(settings(folder, upstream)))
  const verdaccio = join(dirname(tools.resolve('verdaccio/package.json')), 'bin/verdaccio')
  // Port 0 is not among what it can be told, so the system chooses one that is free now.
  const url = `http://127.0.0.1:${await freePort()}/`
  const child = spawn(process.execPath, [verdaccio, '--config', config, '--listen', url.slice(0, -1)], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  await untilListening(child)
  return { url, stop: () => stop(child) }
}

/** JSON, which YAML contains. Anybody on this machine may publish: the registry lives as long as the tests. */
function settings(folder: string, upstream: string): object {
  const ours = { access: '$all', publish: '$all' }
  return {
    storage: join(folder, 'storage'),
    auth: { htpasswd: { file: join(folder, 'htpasswd') } },
    uplinks: { upstream: { url: upstream, timeout: '60s' } },
    packages: { '@valetkey/*': ours, valetkey: ours, '**': { access: '$all', proxy: 'upstream' } },
    web: { enable: false },
    log: { type: 'stdout', format: 'json', level: 'warn' },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port was given')
  return address.port
}

async function untilListening(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`verdaccio ended with code ${code}`)
  })
  const listening = (async () => {
    for await (const chunk of child.stdout ?? []) if (String(chunk).includes('http address')) return
  })()
  await Promise.race([listening, ended])
  child.stdout?.resume()
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const ended = once(child, 'exit')
  child.kill()
  await ended
}
