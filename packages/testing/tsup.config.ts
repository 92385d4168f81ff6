import { defineConfig } from 'tsup'

import root from '../../tsup.config.ts'

export default defineConfig({ ...root, entry: ['src/index.ts', 'src/simulators/index.ts'] })
