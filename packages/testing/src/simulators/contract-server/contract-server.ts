/// <reference lib="esnext.disposable" preserve="true" />
import type { IncomingMessage } from 'node:http'
import { json } from 'node:stream/consumers'
import { type Command, TOKEN_PATH } from '../../client-contract/protocol.ts'
import type { ContractServer } from '../../client-contract/subject.ts'
import { type Answer, listen } from './listen.ts'
import { createScene, type Scene } from './scene.ts'

/** A contract server of this process. */
export interface LoopbackContractServer extends ContractServer, AsyncDisposable {
  close(): Promise<void>
}

/**
 * The servers that `clientContract` needs, on free loopback ports: two origins of an API, and one for token requests and
 * for what the tests ask. Pages of any origin may call them.
 */
export async function contractServer(): Promise<LoopbackContractServer> {
  const scenes = createScenes()
  const apis = await Promise.all([listen(answerApi(scenes)), listen(answerApi(scenes))])
  const origins = apis.map(({ origin }) => origin)
  const control = await listen(answerControl(scenes, origins))
  const close = async () => {
    await Promise.all([...apis, control].map((server) => server.close()))
  }
  return { url: control.origin, close, [Symbol.asyncDispose]: close }
}

interface Scenes {
  of(id: string): Scene
  forget(id: string): void
}

function createScenes(): Scenes {
  const scenes = new Map<string, Scene>()
  return {
    of(id) {
      const scene = scenes.get(id) ?? createScene()
      scenes.set(id, scene)
      return scene
    },
    forget: (id) => void scenes.delete(id),
  }
}

/** `/<scene><path>` */
function answerApi(scenes: Scenes): Answer {
  return (incoming, outgoing) => {
    const { id, path } = partsOf(incoming)
    return scenes.of(id).answerRequest(incoming, outgoing, path)
  }
}

/** `/<scene>/token` is a token endpoint, `/<scene>` takes commands, `/` names the origins of the API. */
function answerControl(scenes: Scenes, origins: readonly string[]): Answer {
  return async (incoming, outgoing) => {
    const { id, path } = partsOf(incoming)
    if (path === TOKEN_PATH) return scenes.of(id).answerTokenRequest(outgoing)
    outgoing.end(JSON.stringify(id === '' ? { origins } : ((await obey(scenes, id, incoming)) ?? null)))
  }
}

async function obey(scenes: Scenes, id: string, incoming: IncomingMessage): Promise<unknown> {
  // Only the contract of this package sends them.
  const command = (await json(incoming)) as Command
  const answer = await scenes.of(id).run(command)
  if (command.command === 'close') scenes.forget(id)
  return answer
}

function partsOf({ url = '/' }: IncomingMessage): { readonly id: string; readonly path: string } {
  const [, id = ''] = url.split(/[/?]/, 2)
  return { id, path: url.slice(1 + id.length) }
}
