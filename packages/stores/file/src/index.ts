export type { FileStore } from './create-file-store.ts'
export type { EncryptedFileStore, FileStoreOptions } from './file-store.ts'
export { fileStore } from './file-store.ts'
