import { indexedDbStore } from '@valetkey/store-indexeddb'
import { createProgram } from './end-to-end.mjs'

const program = createProgram(location.origin, () => indexedDbStore())

globalThis.report = await program()
