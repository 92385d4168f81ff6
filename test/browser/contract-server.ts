import { contractServer } from '@valetkey/testing/simulators'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where the API of the client contract is; pages have no servers of their own. */
    contractServer: string
  }
}

export default async function startContractServer(project: TestProject): Promise<() => Promise<void>> {
  const { url, close } = await contractServer()
  project.provide('contractServer', url)
  return close
}
