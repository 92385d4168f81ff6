export default {
  testMatch: ['<rootDir>/*.case.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  testEnvironmentOptions: { customExportConditions: ['@valetkey/source', 'node', 'node-addons'] },
  transform: { '\\.ts$': '<rootDir>/strip-types.mjs' },
}
