import { fileStore } from '@valetkey/store-file'
import { createProgram } from './end-to-end.mjs'

const [, , baseUrl, path] = process.argv
const program = createProgram(baseUrl, () => fileStore({ path }))

console.log(JSON.stringify(await program()))
