import { leanGlobals } from './lean-platform.ts'

/** For `node --import`: the program then runs as on React Native. */
Object.assign(globalThis, leanGlobals)
