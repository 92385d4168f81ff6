import type { Faults } from './world.ts'

export const FAULTS: Readonly<Record<string, Faults>> = {
  'no fault': {},
  'a slow token endpoint': { slow: true },
  'outages of the store': { store: true },
  'outages of the token endpoint': { refuse: true },
  'outages of the store and of the token endpoint': { refuse: true, store: true },
  crashes: { crash: true },
  pauses: { pause: true },
  'lost requests and answers': { loss: true },
  'crashes of the holder': { aim: 'crash' },
  'pauses of the holder': { aim: 'pause' },
  'a store that tells, a slow token endpoint': { tells: 'all', slow: true },
  'a store that loses what it tells, a slow token endpoint': { tells: 'some', slow: true },
  'a store that loses what it tells, everything at once': {
    tells: 'some',
    crash: true,
    pause: true,
    loss: true,
    store: true,
    slow: true,
  },
  'everything at once': { crash: true, pause: true, loss: true, store: true, slow: true },
}
