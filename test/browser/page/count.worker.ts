import { count } from './count.ts'

// Tries as often as it is named.
self.postMessage(await count(Number(self.name)))
