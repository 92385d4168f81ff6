export type { EncryptedStore, EncryptedStoreOptions } from './encrypted-store.ts'
export { encryptedStore } from './encrypted-store.ts'
export type { EncryptionKey } from './keyring.ts'
export type { RotatedKeys } from './rotate-keys.ts'
